"""What the Python tests share: a checked HTTP client and the OpenAPI documents."""
