# Crier as a server (docs/one-machine.md). Each of the base's architectures: docker buildx build --platform linux/amd64,linux/arm64 .
FROM node:24-slim

ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
# Without the package that brings Node: this image has it. The other optional packages prepare pictures.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-linux-* && npm cache clean --force
COPY src src
RUN install -d -m 700 -o node -g node /data

USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--max-old-space-size=1024", "src/runtimes/local/main.ts", "--data", "/data", "--host", "0.0.0.0"]
