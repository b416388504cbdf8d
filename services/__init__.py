"""Every rule and every query. Imports no Streamlit."""
