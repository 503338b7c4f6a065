# The one image of chaperone: the controller, and the sidecar of every agent. Build the bundles first: npm run build.
ARG BASE=node:24-slim
FROM ${BASE}
COPY dist/sidecar.mjs dist/controller.mjs /app/
# The sidecar's own id is set by the injector; this one is only not root.
USER 61443:61443
ENTRYPOINT ["node", "/app/controller.mjs"]
