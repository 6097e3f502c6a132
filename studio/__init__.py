"""Everything that knows Streamlit and is no page: the server, the router, the wizard's frame, forms and charts."""
