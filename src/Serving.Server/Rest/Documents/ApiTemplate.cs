using System.Text.Json.Nodes;

namespace Serving.Server.Rest.Documents;

/// <summary>The parts of the OpenAPI document that no model changes.</summary>
internal static class ApiTemplate
{
    private const string Paths = """
        {
          "/": { "get": { "operationId": "alive", "tags": ["health"], "summary": "Says that the server is there.",
            "responses": { "200": { "description": "It is.", "content": { "application/json": { "schema":
              { "type": "object", "properties": { "status": { "const": "alive" } }, "required": ["status"] }
              } } } } } },
          "/livez": { "get": { "operationId": "livez", "tags": ["health"], "summary": "Says that the process lives.",
            "responses": { "200": { "$ref": "#/components/responses/Line" } } } },
          "/healthz": { "get": { "operationId": "healthz", "tags": ["health"],
            "summary": "Says that the process lives.",
            "responses": { "200": { "$ref": "#/components/responses/Line" } } } },
          "/readyz": { "get": { "operationId": "readyz", "tags": ["health"],
            "summary": "Says whether requests are to be sent here.",
            "responses": { "200": { "$ref": "#/components/responses/Line" },
                           "503": { "$ref": "#/components/responses/Line" } } } },
          "/metrics": { "get": { "operationId": "metrics", "tags": ["health"],
            "summary": "The server's metrics in Prometheus' text format.",
            "responses": { "200": { "$ref": "#/components/responses/Line" } } } },
          "/v1/models": { "get": { "operationId": "listModels", "tags": ["models"],
            "summary": "Lists models and the states of their versions.",
            "responses": { "200": { "description": "Every known version.", "content": { "application/json":
              { "schema": { "$ref": "#/components/schemas/Models" } } } } } } },
          "/v1/models/{model}/schema": { "get": { "operationId": "getSchema", "tags": ["models"],
            "summary": "The fields of a model's requests as JSON Schema.",
            "parameters": [{ "$ref": "#/components/parameters/Model" }, { "$ref": "#/components/parameters/Version" }],
            "responses": { "200": { "description": "The schema of one row.", "content": { "application/schema+json":
              { "schema": { "type": "object" } } } },
              "default": { "$ref": "#/components/responses/Problem" } } } },
          "/v1/models/{model}/drift": { "get": { "operationId": "getDrift", "tags": ["models"],
            "summary": "How far the traffic of a model is from its baseline.",
            "parameters": [{ "$ref": "#/components/parameters/Model" }, { "$ref": "#/components/parameters/Version" },
              { "name": "period", "in": "query", "description": "How long periods are.",
                "schema": { "enum": ["hour", "day"], "default": "hour" } },
              { "name": "sketches", "in": "query", "description": "Whether counts are added, which merge by adding.",
                "schema": { "type": "boolean", "default": false } }],
            "responses": { "200": { "description": "Each period beside the baseline.", "content": {
              "application/json": { "schema": { "$ref": "#/components/schemas/Drift" } } } },
              "default": { "$ref": "#/components/responses/Problem" } } } },
          "/v1/score/{model}": { "post": { "operationId": "score", "tags": ["scoring"],
            "summary": "Scores one object of fields, or an array of them.",
            "parameters": [{ "$ref": "#/components/parameters/Model" }],
            "requestBody": { "required": true, "content": { "application/json": { "schema":
              { "anyOf": [{ "type": "object" }, { "type": "array", "items": { "type": "object" }, "minItems": 1 }] }
              } } },
            "responses": { "200": { "description": "One answer, or an array in the same order.", "content":
              { "application/json": { "schema": { "anyOf": [{ "$ref": "#/components/schemas/Score" },
                { "type": "array", "items": { "$ref": "#/components/schemas/Score" } }] } } } },
              "default": { "$ref": "#/components/responses/Problem" } } } },
          "/v1/tensors/{model}": { "post": { "operationId": "tensors", "tags": ["tensors"],
            "summary": "Calls a tensor model that is served raw.",
            "parameters": [{ "$ref": "#/components/parameters/Model" }, { "$ref": "#/components/parameters/Version" },
              { "name": "signature", "in": "query", "description": "One of the model's; serving_default without it.",
                "schema": { "type": "string" } }],
            "requestBody": { "required": true, "content": { "application/json": { "schema":
              { "type": "object", "properties": { "inputs": { "type": "object" },
                "outputs": { "type": "array", "items": { "type": "string" } } }, "required": ["inputs"] } } } },
            "responses": { "200": { "description": "Its outputs by name.", "content": { "application/json":
              { "schema": { "type": "object", "properties": { "model": { "type": "string" },
                "version": { "type": "integer", "format": "int64" }, "outputs": { "type": "object" } },
                "required": ["model", "version", "outputs"] } } } },
              "default": { "$ref": "#/components/responses/Problem" } } } },
          "/v1/events/{set}/{event}": { "post": { "operationId": "ingest", "tags": ["events"],
            "summary": "Takes one event that is no request, as an object of fields, or an array of them.",
            "parameters": [
              { "name": "set", "in": "path", "required": true, "schema": { "type": "string" },
                "description": "Name of the feature set." },
              { "name": "event", "in": "path", "required": true, "schema": { "type": "string" },
                "description": "Name of the event." }],
            "requestBody": { "required": true, "content": { "application/json": { "schema":
              { "anyOf": [{ "type": "object" }, { "type": "array", "items": { "type": "object" }, "minItems": 1 }] }
              } } },
            "responses": { "200": { "$ref": "#/components/responses/Ingested" },
              "default": { "$ref": "#/components/responses/Problem" } } } }
        }
        """;

    private const string Components = """
        {
          "parameters": {
            "Model": { "name": "model", "in": "path", "required": true, "description": "Name of the model.",
              "schema": { "type": "string", "pattern": "^[a-z0-9][a-z0-9_.-]{0,127}$" } },
            "Version": { "name": "version", "in": "query", "description": "A Ready version; 0 leaves it to the server.",
              "schema": { "type": "integer", "format": "int64", "minimum": 0, "default": 0 } },
            "Features": { "name": "features", "in": "query",
              "description": "Whether the answer holds the values before encoders.",
              "schema": { "type": "boolean", "default": false } },
            "Label": { "name": "label", "in": "query", "description": "A label instead of a version, e.g. stable.",
              "schema": { "type": "string" } },
            "Language": { "name": "language", "in": "query", "description": "Of the reasons' texts.",
              "schema": { "type": "string" } },
            "ScoreOnly": { "name": "score_only", "in": "query",
              "description": "Whether windows are read and nothing is learned from the rows.",
              "schema": { "type": "boolean", "default": false } }
          },
          "responses": {
            "Line": { "description": "A line of text.",
              "content": { "text/plain": { "schema": { "type": "string" } } } },
            "Ingested": { "description": "The store has the rows.",
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Ingested" } } } },
            "Problem": { "description": "An error (RFC 9457).",
              "headers": { "Retry-After": { "description": "Seconds to wait, with 429 and 503.",
                "schema": { "type": "integer" } } },
              "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } }
          },
          "schemas": {
            "Timing": { "type": "object", "description": "Microseconds.",
              "properties": { "decode": { "type": "integer" }, "state": { "type": "integer" },
                "features": { "type": "integer" }, "model": { "type": "integer" }, "total": { "type": "integer" } },
              "required": ["decode", "state", "features", "model", "total"] },
            "Score": { "type": "object",
              "properties": { "score": { "type": "number" }, "raw_score": { "type": "number" },
                "model": { "type": "string" }, "version": { "type": "integer", "format": "int64" },
                "degraded": { "type": "boolean", "description": "Whether something of a full answer is missing." },
                "step": { "type": "string", "description": "The step of the fallback ladder that answered." },
                "decision": { "enum": ["approve", "review", "decline"], "description": "Where the bundle decides." },
                "decision_reasons": { "type": "array", "items": { "type": "object",
                  "properties": { "code": { "type": "string" }, "text": { "type": "string" } },
                  "required": ["code", "text"] } },
                "timing_us": { "$ref": "#/components/schemas/Timing" } },
              "required": ["score", "raw_score", "model", "version", "degraded", "step", "timing_us"] },
            "Ingested": { "type": "object",
              "properties": { "accepted": { "type": "integer" }, "duplicate": { "type": "integer" },
                "late": { "type": "integer" }, "future": { "type": "integer" } },
              "required": ["accepted", "duplicate", "late", "future"] },
            "Models": { "type": "object",
              "properties": { "models": { "type": "array", "items": { "type": "string" },
                  "description": "Models with a Ready version." },
                "details": { "type": "array", "items": { "type": "object",
                  "properties": { "model": { "type": "string" }, "version": { "type": "integer", "format": "int64" },
                    "state": { "type": "string" }, "reason": { "type": "string" },
                    "runs_on": { "type": "string", "description": "What runs an open tensor model." },
                    "isolation": { "enum": ["none", "process"] }, "batching": { "type": "string" },
                    "unchecked": { "type": "boolean" }, "worker": { "type": "integer" } },
                  "required": ["model", "version", "state", "reason"] } } },
              "required": ["models", "details"] },
            "DriftColumn": { "type": "object",
              "properties": { "name": { "type": "string" }, "psi": { "type": "number" },
                "expected": { "type": "number", "description": "The PSI without drift, on average." },
                "missing": { "type": "number" }, "baseline_missing": { "type": "number" },
                "unseen": { "type": "number" }, "state": { "enum": ["ok", "warn", "page"] },
                "sketch": { "type": "object" } },
              "required": ["name", "psi", "expected", "missing", "baseline_missing", "unseen", "state"] },
            "Drift": { "type": "object",
              "properties": { "model": { "type": "string" }, "version": { "type": "integer", "format": "int64" },
                "baseline": { "type": "string", "description": "bundle, or traffic since a time." },
                "periods": { "type": "array", "items": { "type": "object",
                  "properties": { "from": { "type": "string", "format": "date-time" },
                    "to": { "type": "string", "format": "date-time" }, "rows": { "type": "integer" },
                    "columns": { "type": "array", "items": { "$ref": "#/components/schemas/DriftColumn" } } },
                  "required": ["from", "to", "rows", "columns"] } } },
              "required": ["model", "version", "baseline", "periods"] },
            "Problem": { "type": "object", "description": "An error (RFC 9457).",
              "properties": { "type": { "type": "string", "format": "uri-reference" }, "title": { "type": "string" },
                "status": { "type": "integer" }, "detail": { "type": "string" },
                "code": { "type": "string", "description": "Name of the gRPC status." },
                "error_id": { "type": "string", "description": "To be told when the error is reported." },
                "problems": { "type": "array", "items": { "type": "object",
                  "properties": { "place": { "type": "string" }, "what": { "type": "string" } },
                  "required": ["place", "what"] } } },
              "required": ["type", "title", "status", "detail", "code", "error_id"] }
          }
        }
        """;

    /// <summary>A document without models.</summary>
    public static JsonObject Create(string version) => new()
    {
        ["openapi"] = "3.1.1",
        ["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema",
        ["info"] = new JsonObject { ["title"] = "Serving", ["version"] = version },
        ["tags"] = new JsonArray(
            Tag("scoring", "Scores of rows."),
            Tag("tensors", "Calls of tensor models that are served raw."),
            Tag("events", "Events that windows read."),
            Tag("models", "What is served."),
            Tag("health", "How the server is.")),
        ["paths"] = JsonNode.Parse(Paths),
        ["components"] = JsonNode.Parse(Components),
    };

    private static JsonObject Tag(string name, string description) =>
        new() { ["name"] = name, ["description"] = description };
}
