# docker build -t anonymisation-studio .
# docker run --shm-size 2g -p 127.0.0.1:8501:8501 --env-file studio.env -v studio-data:/data -v studio-key:/key anonymisation-studio
# studio.env, readable by you alone, holds the line STUDIO_PASSWORD=...: so it stands in no shell history.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.txt ./
# torch first, by its exact pin; --build-arg TORCH_INDEX=URL chooses an index that has CPU builds.
ARG TORCH_INDEX=""
RUN pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "$(grep -oE '^torch==[0-9.]+' requirements.txt)" \
 && pip install -r requirements.txt

COPY pyproject.toml README.md ./
COPY .streamlit .streamlit
COPY core core
COPY studio studio
COPY pages pages
RUN pip install --no-deps --no-build-isolation -e . \
 && useradd --create-home --uid 10001 studio \
 && mkdir /data /key && chown studio:studio /data /key

USER studio
# The master key lies on a volume of its own: whoever holds only the data volume can read nothing.
ENV STUDIO_DATA=/data STUDIO_MASTER_KEY_FILE=/key/master.key STUDIO_ADDRESS=0.0.0.0 NUMBA_CACHE_DIR=/home/studio/.numba
RUN python -m core.risk.warm && python -m core.protect.warm
VOLUME ["/data", "/key"]
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/api/health', timeout=4)"]
CMD ["python", "-m", "studio.server"]
