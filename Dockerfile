# The program `serving` in a small image: one process, no shell needed, no root, no write outside mounted volumes.
#
#   docker build -t serving .
#   docker run --read-only --cap-drop ALL -p 127.0.0.1:8080:8080 -p 127.0.0.1:8081:8081 -v "$PWD/models-sample:/models:ro" serving
#
# The build restores in locked mode and compiles ahead of time where it can (ReadyToRun: less work at start; methods that run
# often are compiled again for the processor at hand). The tests execute the RUN lines of the first stage as they stand.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
COPY global.json .editorconfig Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src src
# Analysers belong to the tests' build, not to the image's.
RUN dotnet publish src/Serving.Cli -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -p:RunAnalyzers=false -o /out

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS run
WORKDIR /app
COPY --from=build /out .
# No diagnostics socket, so nothing is written to /tmp and the root file system may be read-only.
ENV DOTNET_EnableDiagnostics=0 DOTNET_CLI_TELEMETRY_OPTOUT=1
# The image's unprivileged user; a number, so that Kubernetes can see that it is not root.
USER 1654:1654
VOLUME ["/models"]
# http, gRPC, admin
EXPOSE 8080 8081 8082
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["/app/serving", "health", "--url", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["/app/serving", "serve"]
# Inside a container the port mapping is the border, so these options listen on every address and say so; behind another border,
# give options of your own instead.
CMD ["--models", "/models", "--listen", "0.0.0.0", "--allow-anonymous"]
