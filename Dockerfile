# One image for every service: its entry point is the command line, its command the service.
# The base image is any slim one with Python 3.11 or newer; compose and deploy/build name it.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

# What we stand on changes seldom and takes long: it has an environment, a stage and a layer of its own.
# pip works on that environment from outside, so that the image has none.
FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/balian
COPY requirements-image.lock ./
RUN /opt/pip/bin/python -m pip --python /opt/balian/bin/python install --quiet --no-compile --no-deps \
        --only-binary :all: --require-hashes --requirement requirements-image.lock \
    && /opt/pip/bin/python -m pip --python /opt/balian/bin/python check \
    && /opt/balian/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/balian/lib

# The project itself, as a wheel laid out for that environment.
# The locked setuptools builds it: an isolated build would fetch one no hash vouches for.
FROM dependencies AS project
WORKDIR /build
COPY LICENSE README.md pyproject.toml requirements.in ./
COPY balian balian
COPY services services
COPY shared shared
RUN /opt/pip/bin/python -m pip --python /opt/balian/bin/python wheel --quiet --no-deps \
        --no-build-isolation --no-index --wheel-dir /wheels . \
    && /opt/pip/bin/python -m pip --python /opt/balian/bin/python install --quiet --no-compile \
        --no-deps --no-index --prefix /project /wheels/*.whl \
    && /opt/balian/bin/python -m compileall -q --invalidation-mode unchecked-hash /project/lib

FROM ${PYTHON_IMAGE}
# The number is fixed: it owns what is in the volumes, which take their owner from these directories:
# `keys` is a service's own, those in `each` are the county's, for the one that makes the keys.
RUN groupadd --gid 10001 balian \
    && useradd --uid 10001 --gid balian --no-create-home --home-dir /var/lib/balian balian \
    && cd /var/lib && install -d -o balian -g balian -m 0700 balian balian/keys balian/each \
        balian/each/intake balian/each/triage balian/each/reception_county \
        balian/each/supervision balian/each/accountability
COPY --from=dependencies /opt/balian /opt/balian
COPY deploy/healthcheck /usr/local/bin/balian-healthcheck
COPY samples /usr/share/balian/samples
COPY --from=project /project /opt/balian
ENV PATH=/opt/balian/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /var/lib/balian
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["balian"]
CMD ["--help"]
