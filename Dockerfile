# The image in which people open the notebooks: on Binder, with `docker run`,
# and on a JupyterHub. docs/deploy.md says how.
#
# It follows https://mybinder.readthedocs.io/en/latest/tutorials/dockerfile.html:
# Binder chooses NB_USER and NB_UID, and starts a command of its own.

ARG GO_IMAGE=docker.io/library/golang:1.26.8-bookworm
ARG PYTHON_IMAGE=docker.io/library/python:3.13.16-slim-bookworm

# The kernel: one static binary.
FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd/ cmd/
COPY install/ install/
COPY internal/course/ internal/course/
COPY internal/gobuild/ internal/gobuild/
COPY internal/notebook/ internal/notebook/
COPY internal/spelling/ internal/spelling/
COPY internal/table/ internal/table/
COPY kernel/ kernel/
COPY notebooks/ notebooks/
ARG GOSCHED_VERSION=
# Go 1.26 needs an experiment for %leaks; later releases do not know it. What lists the
# modules is compiled like the kernel, so that the standard library is compiled once.
RUN export CGO_ENABLED=0 GOFLAGS=-trimpath GOEXPERIMENT="$(GOEXPERIMENT=goroutineleakprofile go env GOEXPERIMENT 2>/dev/null)" \
 && go build -ldflags "-s -w -X main.release=${GOSCHED_VERSION}" -o /out/gosched ./cmd/gosched \
 && go run -ldflags "-s -w" github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 \
        bin -json -std -noserial -notimestamp -output /out/gosched.cdx.json /out/gosched

FROM ${PYTHON_IMAGE}
ARG NB_USER=jovyan
ARG NB_UID=1000
ENV USER=${NB_USER} \
    HOME=/home/${NB_USER} \
    PATH=/opt/jupyter/bin:${PATH} \
    JUPYTER_PREFER_ENV_PATH=1
# Nor can any program give that user more rights.
RUN useradd --create-home --home-dir "${HOME}" --uid "${NB_UID}" --shell /bin/bash "${NB_USER}" \
 && find / -xdev -type f -perm /6000 -exec chmod a-s '{}' +

# JupyterLab, Notebook and JupyterHub's single-user server: every package with
# its version and hashes. Taken out again is Python's kernel, which JupyterLab
# asks for and does not need, with what only it needs; and pip.
COPY install/requirements-image.txt /opt/jupyter/requirements.txt
RUN python3 -m venv /opt/jupyter \
 && /opt/jupyter/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
        -r /opt/jupyter/requirements.txt \
 && /opt/jupyter/bin/python -m pip uninstall --yes --quiet \
        ipykernel debugpy ipython ipython-pygments-lexers jedi parso matplotlib-inline nest-asyncio2 prompt-toolkit \
        pexpect stack-data asttokens executing pure-eval wcwidth pip \
 && rm -rf /opt/jupyter/share/jupyter/kernels/python3
COPY install/image/ /opt/jupyter/

# The kernel and the notebooks, as learners get them.
COPY --from=build /out/gosched /usr/local/bin/gosched
RUN gosched install --prefix /opt/jupyter && gosched install --prefix /opt/jupyter --engine yaegi \
 && gosched course "${HOME}/notebooks" && chown -R "${NB_UID}:${NB_UID}" "${HOME}/notebooks"

# What all of this is made of, as CycloneDX lists: the program, Debian's packages, and
# Python's. What lists them does not stay.
COPY --from=build /out/gosched.cdx.json /usr/local/share/sbom/
COPY install/requirements-sbom.txt /tmp/sbom/
RUN python3 -m venv /tmp/sbom/venv \
 && /tmp/sbom/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
        -r /tmp/sbom/requirements-sbom.txt \
 && /tmp/sbom/venv/bin/debsbom generate -t cdx --root / -o /usr/local/share/sbom/debian \
 && /tmp/sbom/venv/bin/cyclonedx-py environment --output-reproducible \
        -o /usr/local/share/sbom/python.cdx.json /opt/jupyter/bin/python \
 && rm -rf /tmp/sbom

WORKDIR ${HOME}
USER ${NB_UID}
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser"]
