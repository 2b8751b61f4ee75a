//! The HTTP API, login, the OpenAPI document and the built web application.
