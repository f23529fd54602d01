package io.kappa.standalone.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** As much of the Lambda API as the demo needs, in plain HTTP and JSON: nothing that any other client could not do. */
final class LambdaClient implements AutoCloseable {
    private static final String FUNCTIONS = "/2015-03-31/functions";
    private static final String MAPPINGS = "/2015-03-31/event-source-mappings";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final URI endpoint;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** The API said no. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    LambdaClient(URI endpoint) {
        this.endpoint = endpoint;
    }

    ObjectNode object() {
        return json.createObjectNode();
    }

    /** The function's configuration; empty where there is no such function. */
    Optional<JsonNode> configuration(String function) throws IOException, InterruptedException {
        var answer = send("GET", FUNCTIONS + "/" + function + "/configuration", null);
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(accepted(answer));
    }

    JsonNode create(ObjectNode request) throws IOException, InterruptedException {
        return accepted(send("POST", FUNCTIONS, request));
    }

    JsonNode updateConfiguration(String function, ObjectNode change) throws IOException, InterruptedException {
        return accepted(send("PUT", FUNCTIONS + "/" + function + "/configuration", change));
    }

    JsonNode updateCode(String function, ObjectNode code) throws IOException, InterruptedException {
        return accepted(send("PUT", FUNCTIONS + "/" + function + "/code", code));
    }

    /** Invokes and waits for the answer, with the tail of the log. */
    Invocation invoke(String function, String event) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(endpoint.resolve(FUNCTIONS + "/" + function + "/invocations"))
                .header("X-Amz-Log-Type", "Tail")
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(event))
                .build();
        long start = System.nanoTime();
        var answer = http.send(request, BodyHandlers.ofString());
        var roundTrip = Duration.ofNanos(System.nanoTime() - start);
        if (answer.statusCode() != 200) {
            throw refusal(answer);
        }
        var headers = answer.headers();
        return new Invocation(
                answer.body(),
                headers.firstValue("X-Amz-Function-Error"),
                new String(
                        Base64.getDecoder()
                                .decode(headers.firstValue("X-Amz-Log-Result").orElse("")),
                        UTF_8),
                roundTrip);
    }

    /** Has an event queued, and says under which request id. */
    String queue(String function, String event) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(endpoint.resolve(FUNCTIONS + "/" + function + "/invocations"))
                .header("X-Amz-Invocation-Type", "Event")
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(event))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw refusal(answer);
        }
        return answer.headers().firstValue("x-amzn-RequestId").orElseThrow();
    }

    /** The event source mappings of a function. */
    JsonNode mappings(String function) throws IOException, InterruptedException {
        return accepted(send("GET", MAPPINGS + "?FunctionName=" + function, null))
                .path("EventSourceMappings");
    }

    /** An event source mapping; empty where there is no such mapping. */
    Optional<JsonNode> mapping(String uuid) throws IOException, InterruptedException {
        var answer = send("GET", MAPPINGS + "/" + uuid, null);
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(accepted(answer));
    }

    JsonNode createMapping(ObjectNode request) throws IOException, InterruptedException {
        return accepted(send("POST", MAPPINGS, request));
    }

    JsonNode deleteMapping(String uuid) throws IOException, InterruptedException {
        return accepted(send("DELETE", MAPPINGS + "/" + uuid, null));
    }

    private HttpResponse<String> send(String method, String path, @org.jspecify.annotations.Nullable ObjectNode body)
            throws IOException, InterruptedException {
        var publisher =
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(json.writeValueAsBytes(body));
        return http.send(
                HttpRequest.newBuilder(endpoint.resolve(path))
                        .timeout(PATIENCE)
                        .method(method, publisher)
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode accepted(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() >= 300) {
            throw refusal(answer);
        }
        return json.readTree(answer.body());
    }

    private RefusedException refusal(HttpResponse<String> answer) throws IOException {
        var body = json.readTree(answer.body());
        var message = body.path("message").asText(body.path("Message").asText(answer.body()));
        var type = answer.headers().firstValue("x-amzn-ErrorType").orElse("HTTP " + answer.statusCode());
        return new RefusedException(type + ": " + message);
    }

    /** For people to read. */
    String pretty(String text) throws IOException {
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(text));
    }

    @Override
    public void close() {
        http.close();
    }
}
