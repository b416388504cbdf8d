// The little that Streamlit's page needs and no Python can give. All of it runs before Streamlit's own code, and in this
// order: of two files that listen to the same thing, the first hears it first, and may keep it from the others.
import "./session.js";
import "./second_click.js";
import "./frappe.js";
import "./leaving.js";
import "./shortcuts.js";
import "./caret.js";
import "./screen.js";
import "./links.js";
import "./french.js";
