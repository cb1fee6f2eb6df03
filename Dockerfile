# syntax=docker/dockerfile:1
# The server with its console. Build: docker build -t toolcast . Run: see compose.yaml.

FROM node:24-bookworm-slim AS build
WORKDIR /toolcast
COPY . .
RUN npm ci && npm run build
# What runs: compiled packages and what the application needs, without sources, tests and the Node.js of the repository.
RUN find . -name node_modules -type d -prune -exec rm -rf {} + \
 && npm ci --omit=dev --workspace=toolcast && rm -rf node_modules/node node_modules/.bin/node \
 && mkdir /image && cp -a package.json node_modules /image/ \
 && for workspace in $(cd node_modules && readlink -f toolcast @toolcast/*); do \
      place="/image/${workspace#/toolcast/}"; mkdir -p "$place"; \
      for part in package.json bin dist assets node_modules; do \
        if [ -e "$workspace/$part" ]; then cp -a "$workspace/$part" "$place/"; fi; \
      done; \
    done

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    TOOLCAST_DATA_DIR=/data \
    TOOLCAST_CONFIG_DIR=/config \
    CONSOLE_HOST=0.0.0.0 \
    PUBLIC_HOST=0.0.0.0
COPY --from=build --chown=root:root /image /toolcast
RUN mkdir /data /config && chown node:node /data /config
USER node
WORKDIR /config
VOLUME /data
# 3000: the console, which needs CONSOLE_TOKEN here. 3001: what vendors and platforms reach behind PUBLIC_URL.
EXPOSE 3000 3001
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Finishes what is in progress; what cannot finish in time continues after the next start.
STOPSIGNAL SIGTERM
CMD ["node", "/toolcast/app/bin/toolcast.js", "start", "--no-supervisor"]
