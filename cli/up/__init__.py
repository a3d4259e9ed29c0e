"""The whole city on one machine: servers, topics and services as processes under one supervisor."""
