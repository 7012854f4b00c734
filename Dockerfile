FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 DATA=/data PATH=/srv/.venv/bin:$PATH
WORKDIR /srv
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN .venv/bin/python -m compileall -q app realtime workers \
 && useradd --system --home-dir /data fortnight && mkdir -p /data /files && chown fortnight /data /files
USER fortnight
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["python", "-m", "app"]
CMD ["run"]
