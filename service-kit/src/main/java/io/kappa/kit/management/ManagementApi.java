package io.kappa.kit.management;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where services mount what operators ask of them, beside health and metrics: JSON over HTTP, below {@code /v1/}. Each request is answered
 * on a virtual thread, so that whoever answers may wait. A refusal is {@code {"error": CODE, "message": TEXT}} with its status.
 */
public final class ManagementApi {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementApi.class);
    private static final long LONGEST_BODY = 8L * 1024 * 1024;
    private static final int MOST_AT_ONCE = 64;

    /** How this API writes and reads JSON: times as ISO 8601, and no member that is not known. */
    public static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Router router;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    public ManagementApi(Vertx vertx) {
        router = Router.router(vertx);
        router.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
    }

    /** Answers requests of one method and path. */
    @FunctionalInterface
    public interface Endpoint {
        /** @throws ManagementRefusal to refuse; anything else that is thrown is a defect and answered with 500 */
        Answer answer(Request request) throws Exception;
    }

    /**
     * What is answered.
     *
     * @param body written as JSON unless it is bytes, which go out as they are
     */
    public record Answer(int status, String contentType, Object body) {
        public static Answer ok(Object body) {
            return new Answer(200, "application/json", body);
        }

        public static Answer accepted(Object body) {
            return new Answer(202, "application/json", body);
        }

        public static Answer bytes(String contentType, byte[] bytes) {
            return new Answer(200, contentType, bytes);
        }
    }

    /** A request, read in full. */
    public static final class Request {
        private final RoutingContext routing;

        private Request(RoutingContext routing) {
            this.routing = routing;
        }

        /** A part of the path that the route names with a colon, decoded. */
        public String path(String name) {
            return routing.pathParam(name);
        }

        public Optional<String> query(String name) {
            return routing.queryParam(name).stream().findFirst().filter(value -> !value.isEmpty());
        }

        /** @throws ManagementRefusal where it is there and no whole number in the range */
        public int wholeNumber(String name, int otherwise, int least, int most) {
            try {
                int number = query(name).map(Integer::parseInt).orElse(otherwise);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Refused below.
            }
            throw ManagementRefusal.invalid(name + " must be a whole number from " + least + " to " + most);
        }

        /** False unless it is {@code true}. */
        public boolean flag(String name) {
            return query(name).map("true"::equals).orElse(false);
        }

        /**
         * The body as JSON; an empty one counts as an object without members.
         *
         * @throws ManagementRefusal where it is none, or has members that the type does not know
         */
        public <T> T body(Class<T> type) {
            var buffer = routing.body().buffer();
            try {
                return JSON.readValue(
                        buffer == null || buffer.length() == 0 ? new byte[] {'{', '}'} : buffer.getBytes(), type);
            } catch (IOException e) {
                throw ManagementRefusal.invalid("the body is not what is asked for: "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
    }

    /** @param path below {@code /v1/}, with {@code :name} for each part that varies */
    public void mount(HttpMethod method, String path, Endpoint endpoint) {
        if (!path.startsWith("/v1/")) {
            throw new IllegalArgumentException("not below /v1/: " + path);
        }
        router.route(method, path).handler(routing -> handle(routing, endpoint));
    }

    Router router() {
        return router;
    }

    private void handle(RoutingContext routing, Endpoint endpoint) {
        if (!places.tryAcquire()) {
            send(routing, refusal(new ManagementRefusal(429, "TOO_MANY_REQUESTS", "too many requests at once")));
            return;
        }
        threads.execute(() -> {
            Answer answer;
            try {
                answer = written(endpoint.answer(new Request(routing)));
            } catch (ManagementRefusal e) {
                answer = refusal(e);
            } catch (Throwable e) { // Whatever it is, somebody waits for an answer.
                LOG.atError()
                        .addKeyValue("path", routing.request().path())
                        .setCause(e)
                        .log("request failed");
                answer = refusal(new ManagementRefusal(500, "INTERNAL", "the log of this process tells more"));
            } finally {
                places.release();
            }
            send(routing, answer);
        });
    }

    private static Answer refusal(ManagementRefusal refusal) {
        return written(new Answer(
                refusal.status(),
                "application/json",
                Map.of("error", refusal.code(), "message", String.valueOf(refusal.getMessage()))));
    }

    private static Answer written(Answer answer) {
        try {
            return answer.body() instanceof byte[]
                    ? answer
                    : new Answer(answer.status(), answer.contentType(), JSON.writeValueAsBytes(answer.body()));
        } catch (IOException e) {
            throw new IllegalStateException("an answer that cannot be written", e);
        }
    }

    private static void send(RoutingContext routing, Answer answer) {
        routing.vertx().runOnContext(_ -> {
            if (!routing.response().closed()) {
                var _ = routing.response()
                        .setStatusCode(answer.status())
                        .putHeader("Content-Type", answer.contentType())
                        .end(io.vertx.core.buffer.Buffer.buffer((byte[]) answer.body()));
            }
        });
    }
}
