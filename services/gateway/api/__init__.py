"""REST routers, one a resource; each reads folded state or asks a service through the request desk."""
