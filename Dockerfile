# One image for the five Python services and the `luna` command; compose names the service to run.

FROM node:20-bookworm-slim AS dashboard
WORKDIR /build
COPY services/gateway/dashboard/package.json services/gateway/dashboard/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY services/gateway/dashboard/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS dependencies
COPY requirements/runtime.txt /tmp/runtime.txt
RUN python3 -m venv /opt/luna \
    && /opt/luna/bin/pip install --no-cache-dir --require-hashes -r /tmp/runtime.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/luna luna
COPY --from=dependencies /opt/luna /opt/luna
WORKDIR /app
COPY schemas/ schemas/
COPY libs/ libs/
COPY services/ services/
COPY cli/ cli/
COPY --from=dashboard /build/dist/ services/gateway/dashboard/dist/
ENV PATH=/opt/luna/bin:$PATH \
    PYTHONPATH=/app/libs:/app \
    PYTHONUNBUFFERED=1 \
    LUNA_DATA_DIR=/var/lib/luna \
    LUNA_HEALTH_HOST=0.0.0.0
USER 10001
VOLUME /var/lib/luna
# A service's name, for example `simulator`; `cli topics apply` runs a luna command instead.
ENTRYPOINT ["python3", "-m"]
CMD ["services.simulator"]
