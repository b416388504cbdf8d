"""HTTP beside Streamlit: the one gate, plain HTML pages, health, headers."""
