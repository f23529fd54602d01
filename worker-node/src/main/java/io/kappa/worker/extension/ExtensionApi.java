package io.kappa.worker.extension;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kappa.worker.extension.ExtensionCalls.Answer;
import io.kappa.worker.extension.ExtensionCalls.Poll;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.extension.ExtensionRoster.Registration;
import io.kappa.worker.runtimeapi.RequestBody;
import io.kappa.worker.runtimeapi.RuntimeApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Extensions API 2020-01-01, the Telemetry API 2022-07-01 and the Logs API 2020-08-15 of one environment, at the address of its Runtime
 * API and on the same event loop.
 */
public record ExtensionApi(ExtensionCalls calls) implements RuntimeApi.Beside {
    private static final String EXTENSION = "/2020-01-01/extension/";
    private static final String TELEMETRY = "/2022-07-01/telemetry";
    private static final String LOGS = "/2020-08-15/logs";

    private static final String NAME = "Lambda-Extension-Name";
    private static final String IDENTIFIER = "Lambda-Extension-Identifier";
    private static final String EVENT_IDENTIFIER = "Lambda-Extension-Event-Identifier";
    private static final String ACCEPT_FEATURE = "Lambda-Extension-Accept-Feature";
    private static final String ERROR_TYPE = "Lambda-Extension-Function-Error-Type";
    private static final String JSON_TYPE = "application/json";
    private static final int LONGEST_BODY = 256 * 1024;
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    /** Whether somebody wants to be an extension. */
    public static boolean isRegistration(HttpServerRequest request) {
        return request.uri().equals(EXTENSION + "register");
    }

    @Override
    public boolean handle(HttpServerRequest request) {
        var uri = request.uri();
        if (uri.startsWith(EXTENSION)) {
            return extension(request, uri.substring(EXTENSION.length()));
        }
        if (HttpMethod.PUT.equals(request.method()) && (uri.equals(TELEMETRY) || uri.equals(LOGS))) {
            var api = uri.equals(LOGS) ? SubscriptionApi.LOGS : SubscriptionApi.TELEMETRY;
            identified(request, (id, body) -> answer(request.response(), calls.subscribe(api, id, body)));
            return true;
        }
        return false;
    }

    private boolean extension(HttpServerRequest request, String call) {
        if (HttpMethod.GET.equals(request.method()) && call.equals("event/next")) {
            identified(request, (id, _) -> next(request, id));
            return true;
        }
        if (!HttpMethod.POST.equals(request.method())) {
            return false;
        }
        switch (call) {
            case "register" -> read(request, body -> register(request, body));
            case "init/error" -> identified(request, (id, body) -> error(request, id, body, calls::initError));
            case "exit/error" -> identified(request, (id, body) -> error(request, id, body, calls::exitError));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void register(HttpServerRequest request, Buffer body) {
        var name = request.getHeader(NAME);
        if (name == null || name.isBlank()) {
            refuse(request.response(), ExtensionRefusal.NO_NAME);
            return;
        }
        JsonNode events;
        try {
            events = JSON.readTree(body.getBytes()).path("events");
        } catch (IOException e) {
            events = null;
        }
        if (events == null || !(events.isMissingNode() || events.isNull() || events.isArray())) {
            refuse(request.response(), ExtensionRefusal.NO_JSON);
            return;
        }
        var wanted = events(events);
        if (wanted == null) {
            refuse(request.response(), ExtensionRefusal.UNKNOWN_EVENT);
            return;
        }
        switch (calls.register(name, wanted)) {
            case Registration.Refused(var why) -> refuse(request.response(), why);
            case Registration.Registered(var id) -> {
                request.response().putHeader(IDENTIFIER, id);
                answer(request.response(), new Answer(200, function(acceptsAccount(request))));
            }
        }
    }

    private static @Nullable Set<EventType> events(JsonNode names) {
        var events = EnumSet.noneOf(EventType.class);
        for (var name : names) {
            switch (name.asText()) {
                case "INVOKE" -> events.add(EventType.INVOKE);
                case "SHUTDOWN" -> events.add(EventType.SHUTDOWN);
                default -> {
                    return null;
                }
            }
        }
        return events;
    }

    private static boolean acceptsAccount(HttpServerRequest request) {
        var features = request.getHeader(ACCEPT_FEATURE);
        return features != null
                && COMMA.splitAsStream(features.strip().toLowerCase(Locale.ROOT))
                        .anyMatch("accountid"::equals);
    }

    private String function(boolean withAccount) {
        var function = calls.function();
        var told = JsonNodeFactory.instance
                .objectNode()
                .put("functionName", function.name())
                .put("functionVersion", function.version())
                .put("handler", function.handler());
        if (withAccount) {
            told.put("accountId", function.accountId());
        }
        return told.toString();
    }

    private void next(HttpServerRequest request, String id) {
        var response = request.response();
        var poll = new Poll() {
            @Override
            public void give(ExtensionEvent event) {
                response.closeHandler(null);
                response.putHeader(EVENT_IDENTIFIER, UUID.randomUUID().toString());
                answer(response, new Answer(200, event.json()));
            }

            @Override
            public void refuse(ExtensionRefusal refusal) {
                response.closeHandler(null);
                ExtensionApi.refuse(response, refusal);
            }
        };
        response.closeHandler(_ -> calls.withdraw(id, poll));
        calls.next(id, poll);
    }

    /** An error that is told, and is the last that is. */
    @FunctionalInterface
    private interface ErrorCall {
        Optional<ExtensionRefusal> tell(String id, String type, Buffer body);
    }

    private static void error(HttpServerRequest request, String id, Buffer body, ErrorCall call) {
        var type = request.getHeader(ERROR_TYPE);
        if (type == null || type.isBlank()) {
            refuse(request.response(), ExtensionRefusal.NO_ERROR_TYPE);
            return;
        }
        var refusal = call.tell(id, type, body);
        if (refusal.isPresent()) {
            refuse(request.response(), refusal.get());
        } else {
            answer(request.response(), new Answer(202, "{\"status\":\"OK\"}"));
        }
    }

    private static void identified(HttpServerRequest request, BiConsumer<String, Buffer> whenKnown) {
        read(request, body -> {
            var id = request.getHeader(IDENTIFIER);
            if (id == null || id.isEmpty()) {
                refuse(request.response(), ExtensionRefusal.NO_IDENTIFIER);
            } else if (!isUuid(id)) {
                refuse(request.response(), ExtensionRefusal.INVALID_IDENTIFIER);
            } else {
                whenKnown.accept(id.toLowerCase(Locale.ROOT), body);
            }
        });
    }

    private static boolean isUuid(String id) {
        try {
            return UUID.fromString(id).toString().equalsIgnoreCase(id);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What to do with a body that has come in whole. */
    @FunctionalInterface
    private interface WithBody {
        void take(Buffer body);
    }

    private static void read(HttpServerRequest request, WithBody then) {
        RequestBody.read(request, LONGEST_BODY, new RequestBody.Reader() {
            @Override
            public void complete(Buffer body) {
                then.take(body);
            }

            @Override
            public void tooLarge(long length) {
                refuse(request.response(), ExtensionRefusal.NO_JSON);
            }

            @Override
            public void broken() {}
        });
    }

    private static void refuse(HttpServerResponse response, ExtensionRefusal refusal) {
        var error = JsonNodeFactory.instance
                .objectNode()
                .put("errorMessage", refusal.message())
                .put("errorType", refusal.type());
        answer(response, new Answer(403, error.toString()));
    }

    private static void answer(HttpServerResponse response, Answer answer) {
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(answer.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, JSON_TYPE)
                    .end(answer.body());
        }
    }
}
