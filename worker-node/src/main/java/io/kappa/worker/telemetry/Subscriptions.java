package io.kappa.worker.telemetry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.telemetry.Subscription.Buffering;
import io.kappa.worker.telemetry.Subscription.Destination;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Reads what extensions ask for by the Telemetry API or the Logs API, within Lambda's bounds. */
public final class Subscriptions {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String HOST = "sandbox.localdomain";
    private static final int RESERVED_PORT = 9001;

    private Subscriptions() {}

    /** What an extension asks for cannot be. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1;

        private final String problem;

        InvalidException(String problem) {
            super(problem);
            this.problem = problem;
        }

        public String problem() {
            return problem;
        }
    }

    public static Subscription read(SubscriptionApi api, Buffer body) throws InvalidException {
        JsonNode request;
        try {
            request = JSON.readTree(body.getBytes());
        } catch (IOException e) {
            throw new InvalidException("the body is not JSON");
        }
        if (!request.isObject()) {
            throw new InvalidException("the body is not a JSON object");
        }
        var types = types(request.path("types"));
        var buffering = buffering(request.path("buffering"));
        var destination = destination(request.path("destination"));
        return new Subscription(schema(api, request.path("schemaVersion")), types, buffering, destination);
    }

    private static TelemetrySchema schema(SubscriptionApi api, JsonNode version) throws InvalidException {
        if (version.isMissingNode() || version.isNull()) {
            if (api == SubscriptionApi.LOGS) {
                return TelemetrySchema.LOGS_2020_08_15; // The parameter is younger than that API.
            }
            throw new InvalidException("schemaVersion is missing");
        }
        return TelemetrySchema.of(api, version.asText())
                .orElseThrow(() -> new InvalidException("schemaVersion is not one of this API"));
    }

    private static Set<TelemetryType> types(JsonNode names) throws InvalidException {
        if (!names.isArray() || names.isEmpty()) {
            throw new InvalidException("types must be a list of at least one");
        }
        var types = EnumSet.noneOf(TelemetryType.class);
        for (var name : names) {
            types.add(TelemetryType.of(name.asText())
                    .orElseThrow(() -> new InvalidException("types must be of platform, function and extension")));
        }
        return types;
    }

    private static Buffering buffering(JsonNode buffering) throws InvalidException {
        return new Buffering(
                number(buffering, "maxItems", 1_000, 10_000, 10_000),
                number(buffering, "maxBytes", 262_144, 1_048_576, 262_144),
                Duration.ofMillis(number(buffering, "timeoutMs", 25, 30_000, 1_000)));
    }

    private static int number(JsonNode from, String name, int least, int most, int usual) throws InvalidException {
        var value = from.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < least || value.asInt() > most) {
            throw new InvalidException(name + " must be a number from " + least + " to " + most);
        }
        return value.asInt();
    }

    private static Destination destination(JsonNode destination) throws InvalidException {
        var protocol = destination.path("protocol").asText("");
        return switch (protocol) {
            case "HTTP" -> http(destination);
            case "TCP" -> {
                var port = destination.path("port");
                yield new Destination.Tcp(port(port.isIntegralNumber() ? port.asInt() : 0));
            }
            default -> throw new InvalidException("destination.protocol must be HTTP or TCP");
        };
    }

    private static Destination http(JsonNode destination) throws InvalidException {
        var method = destination.path("method").asText("POST");
        if (!method.equals("POST")) {
            throw new InvalidException("destination.method must be POST");
        }
        URI uri;
        try {
            uri = new URI(destination.path("URI").asText(destination.path("uri").asText("")));
        } catch (URISyntaxException e) {
            throw new InvalidException("destination.URI is not a URI");
        }
        if (!"http".equals(uri.getScheme()) || !HOST.equals(uri.getHost())) {
            throw new InvalidException("destination.URI must begin with http://" + HOST);
        }
        var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new Destination.Http(port(uri.getPort() == -1 ? 80 : uri.getPort()), path + query);
    }

    private static int port(int port) throws InvalidException {
        if (port < 1 || port > 65_535) {
            throw new InvalidException("the destination's port must be from 1 to 65535");
        }
        if (port == RESERVED_PORT) {
            throw new InvalidException("port " + RESERVED_PORT + " is reserved");
        }
        return port;
    }
}
