package io.kappa.standalone.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The management API over HTTP, or the Lambda API where an operator asks what any client may. Whatever keeps it from answering as asked is a
 * {@link ManagementException}.
 */
public final class ManagementClient {
    private static final Duration PATIENCE_CONNECTING = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Numbers stay as they were written. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String root;
    private final String api;
    private final String option;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE_CONNECTING)
            .build();

    /** @param root what paths are added to, with or without a slash at its end */
    public ManagementClient(URI root) {
        this(root, "management API", "--management-url");
    }

    /**
     * @param api what is to answer there
     * @param option that says where it is
     */
    ManagementClient(URI root, String api, String option) {
        this.api = api;
        this.option = option;
        var text = root.toString();
        this.root = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    public JsonNode get(String path) {
        return get(path, Map.of());
    }

    public JsonNode get(String path, Map<String, String> query) {
        return json(send(request(path, query).GET()));
    }

    /** What is no JSON, such as the metrics. */
    public String text(String path) {
        return new String(bytes(path, Map.of()), UTF_8);
    }

    /** The body as it came. */
    byte[] bytes(String path, Map<String, String> query) {
        return send(request(path, query).GET()).body();
    }

    public JsonNode post(String path, ObjectNode body) {
        return json(send(request(path, Map.of())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))));
    }

    JsonNode put(String path, ObjectNode body) {
        return json(send(request(path, Map.of())
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.toString()))));
    }

    /** A query that asks for the members of a flat object. */
    static Map<String, String> query(JsonNode members) {
        var query = new LinkedHashMap<String, String>();
        members.properties()
                .forEach(member -> query.put(member.getKey(), member.getValue().asText()));
        return query;
    }

    /** A path of segments, whatever characters they have. */
    static String path(String parent, String... segments) {
        return parent + "/"
                + Arrays.stream(segments)
                        .map(segment -> encoded(segment).replace("+", "%20"))
                        .collect(Collectors.joining("/"));
    }

    private HttpRequest.Builder request(String path, Map<String, String> query) {
        var parameters = query.entrySet().stream()
                .map(parameter -> encoded(parameter.getKey()) + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(URI.create(root + path + (parameters.isEmpty() ? "" : "?" + parameters)))
                .timeout(PATIENCE);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder unfinished) {
        var request = unfinished.build();
        HttpResponse<byte[]> answer;
        try {
            answer = http.send(request, BodyHandlers.ofByteArray());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new ManagementException(
                    "nothing answers at " + root + "; is the platform running, or is " + option + " elsewhere?");
        } catch (HttpTimeoutException e) {
            throw new ManagementException(root + " took longer than " + PATIENCE.toSeconds() + " s to answer");
        } catch (IOException e) {
            throw new ManagementException("no answer from " + root + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ManagementException("interrupted");
        }
        if (answer.statusCode() / 100 != 2) {
            throw refusal(request, answer);
        }
        return answer;
    }

    private static ManagementException refusal(HttpRequest request, HttpResponse<byte[]> answer) {
        try {
            var body = JSON.readTree(answer.body());
            for (var member : List.of("message", "Message")) { // Errors of the Lambda API have the one or the other.
                if (body.path(member).isTextual()) {
                    return new ManagementException(body.path(member).textValue());
                }
            }
        } catch (IOException e) {
            // It is not the API that answers; said below.
        }
        return new ManagementException("HTTP " + answer.statusCode() + " for " + request.method() + " " + request.uri()
                + "; does a platform that has this listen there?");
    }

    private JsonNode json(HttpResponse<byte[]> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new ManagementException("what answers at " + root + " is not the " + api + " of a platform");
        }
    }

    static String pretty(JsonNode node) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON that was read cannot be written", e);
        }
    }
}
