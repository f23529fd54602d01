package io.kappa.worker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.extension.ExtensionRoster.Next;
import io.kappa.worker.extension.ExtensionRoster.Registration;
import io.kappa.worker.runtimeapi.PartDemand;
import io.kappa.worker.runtimeapi.ReportedError;
import io.kappa.worker.runtimeapi.RuntimeApi;
import io.kappa.worker.runtimeapi.RuntimeApiEndpoint;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtensionApiTest {
    private static final String UNKNOWN = "00000000-0000-0000-0000-000000000000";
    private static final Vertx VERTX = Vertx.vertx();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Context context = VERTX.getOrCreateContext();
    private final Calls calls = new Calls();
    private RuntimeApi api;

    @AfterAll
    static void stopVertx() {
        HTTP.close();
        VERTX.close().await();
    }

    @BeforeEach
    void openEndpoint() throws Exception {
        var opened = new CompletableFuture<RuntimeApi>();
        context.runOnContext(_ ->
                RuntimeApiEndpoint.open(VERTX, new Nobody()).onComplete(result -> opened.complete(result.result())));
        api = opened.get(20, TimeUnit.SECONDS);
        onLoop(() -> api.serveBeside(new ExtensionApi(calls)));
    }

    @AfterEach
    void closeEndpoint() throws Exception {
        onLoop(api::close);
    }

    private void onLoop(Runnable task) throws Exception {
        var done = new CompletableFuture<Void>();
        context.runOnContext(_ -> {
            task.run();
            done.complete(null);
        });
        done.get(20, TimeUnit.SECONDS);
    }

    private HttpRequest request(String method, String path, String body, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create("http://" + api.address() + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return request.build();
    }

    private HttpResponse<String> ask(String method, String path, String body, Map<String, String> headers)
            throws Exception {
        return HTTP.send(request(method, path, body, headers), BodyHandlers.ofString());
    }

    private HttpResponse<String> register(String body, Map<String, String> headers) throws Exception {
        return ask("POST", "/2020-01-01/extension/register", body, headers);
    }

    private Map<String, String> registered() throws Exception {
        var answer = register("{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}", Map.of("Lambda-Extension-Name", "a"));
        return Map.of(
                "Lambda-Extension-Identifier",
                answer.headers().firstValue("Lambda-Extension-Identifier").orElseThrow());
    }

    @Test
    void anExtensionThatRegistersIsToldWhoItIsAndForWhichFunction() throws Exception {
        var answer = register("{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}", Map.of("Lambda-Extension-Name", "a"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(UUID.fromString(answer.headers()
                        .firstValue("Lambda-Extension-Identifier")
                        .orElseThrow()))
                .isNotNull();
        assertThat(answer.body())
                .isEqualTo("{\"functionName\":\"f\",\"functionVersion\":\"1\",\"handler\":\"app.handler\"}");
    }

    @Test
    void theAccountIsToldToThoseThatAcceptIt() throws Exception {
        assertThat(register(
                                "{\"events\":[]}",
                                Map.of(
                                        "Lambda-Extension-Name", "a",
                                        "Lambda-Extension-Accept-Feature", "something,accountId"))
                        .body())
                .endsWith("\"accountId\":\"123456789012\"}");
    }

    @Test
    void aRegistrationIsRefusedInLambdasWords() throws Exception {
        var name = Map.of("Lambda-Extension-Name", "inside");
        assertRefused(register("{}", Map.of()), "Extension.InvalidExtensionName", "Empty extension name");
        assertRefused(register("{", name), "InvalidRequestFormat", null);
        assertRefused(register("{\"events\":1}", name), "InvalidRequestFormat", null);
        assertRefused(
                register("{\"events\":[\"SLEEP\"]}", name), "Extension.InvalidEventType", "E: ErrorInvalidEventType");
        assertRefused(
                register("{\"events\":[\"SHUTDOWN\"]}", name),
                "Extension.InvalidEventType",
                "E: ShutdownEventNotSupportedForInternalExtension");
        registered();
        assertRefused(
                register("{}", Map.of("Lambda-Extension-Name", "a")),
                "Extension.InvalidExtensionState",
                "Extension with this name already registered");
        onLoop(calls.roster::initialised);
        assertRefused(register("{}", name), "Extension.RegistrationClosed", "Extension registration closed already");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /2020-01-01/extension/event/next",
        "POST, /2020-01-01/extension/init/error",
        "POST, /2020-01-01/extension/exit/error",
        "PUT, /2022-07-01/telemetry",
        "PUT, /2020-08-15/logs"
    })
    void whoDoesNotSayWhoItIsIsRefused(String method, String path) throws Exception {
        assertRefused(
                ask(method, path, "", Map.of()),
                "Extension.MissingExtensionIdentifier",
                "Missing Lambda-Extension-Identifier header");
        assertRefused(
                ask(method, path, "", Map.of("Lambda-Extension-Identifier", "me")),
                "Extension.InvalidExtensionIdentifier",
                "Invalid Lambda-Extension-Identifier");
        if (!method.equals("PUT")) {
            assertRefused(
                    ask(
                            method,
                            path,
                            "",
                            Map.of(
                                    "Lambda-Extension-Identifier",
                                    UNKNOWN,
                                    "Lambda-Extension-Function-Error-Type",
                                    "Extension.E")),
                    "Extension.UnknownExtensionIdentifier",
                    null);
        }
    }

    @Test
    void anErrorNeedsItsType() throws Exception {
        var me = registered();

        assertRefused(
                ask("POST", "/2020-01-01/extension/exit/error", "", me),
                "Extension.MissingHeader",
                "Lambda-Extension-Function-Error-Type not found");
        var typed = new HashMap<>(me);
        typed.put("Lambda-Extension-Function-Error-Type", "Extension.NoConfig");
        var answer = ask("POST", "/2020-01-01/extension/init/error", "{}", typed);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("{\"status\":\"OK\"}");
        assertRefused(ask("GET", "/2020-01-01/extension/event/next", "", me), "Extension.InvalidExtensionState", null);
    }

    @Test
    void anEventComesToWhoeverWaitsForIt() throws Exception {
        var me = registered();
        var next = HTTP.sendAsync(request("GET", "/2020-01-01/extension/event/next", "", me), BodyHandlers.ofString());
        assertThat(calls.waits.await(20, TimeUnit.SECONDS)).isTrue();

        onLoop(() -> calls.tell(new ExtensionEvent.Shutdown(ShutdownReason.SPINDOWN, 5)));

        var answer = next.get(20, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Lambda-Extension-Event-Identifier"))
                .isPresent();
        assertThat(answer.body())
                .isEqualTo("{\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"SPINDOWN\",\"deadlineMs\":5}");
    }

    @Test
    void anotherRuntimeProcessDoesNotDisconnectExtensions() throws Exception {
        var me = registered();
        var next = HTTP.sendAsync(request("GET", "/2020-01-01/extension/event/next", "", me), BodyHandlers.ofString());
        assertThat(calls.waits.await(20, TimeUnit.SECONDS)).isTrue();

        onLoop(api::expectRuntime);
        onLoop(() -> calls.tell(new ExtensionEvent.Invoke(1, "r1", "arn", "")));

        assertThat(next.get(20, TimeUnit.SECONDS).body()).contains("\"requestId\":\"r1\"");
    }

    @Test
    void subscriptionsAreHandedOn() throws Exception {
        var me = registered();

        assertThat(ask("PUT", "/2022-07-01/telemetry", "{}", me).body()).isEqualTo("TELEMETRY {}");
        assertThat(ask("PUT", "/2020-08-15/logs", "{}", me).body()).isEqualTo("LOGS {}");
        assertThat(ask("GET", "/2020-08-15/logs", "", me).statusCode()).isEqualTo(404);
        assertThat(ask("POST", "/2020-01-01/extension/nothing", "", me).statusCode())
                .isEqualTo(404);
    }

    private static void assertRefused(
            HttpResponse<String> answer, String type, @org.jspecify.annotations.Nullable String message) {
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("\"errorType\":\"" + type + "\"");
        if (message != null) {
            assertThat(answer.body()).contains("\"errorMessage\":\"" + message + "\"");
        }
    }

    /** An environment that does what its roster says. */
    private static final class Calls implements ExtensionCalls {
        private final ExtensionRoster roster = new ExtensionRoster(List.of("a"));
        private final Map<String, Poll> polls = new HashMap<>();
        private final CountDownLatch waits = new CountDownLatch(1);

        void tell(ExtensionEvent event) {
            polls.values().forEach(poll -> poll.give(event));
        }

        @Override
        public Registration register(String name, Set<EventType> events) {
            return roster.register(name, events, () -> UUID.randomUUID().toString());
        }

        @Override
        public Function function() {
            return new Function("f", "1", "app.handler", "123456789012");
        }

        @Override
        public void next(String id, Poll poll) {
            switch (roster.next(id)) {
                case Next.Waits _ -> {
                    polls.put(id, poll);
                    waits.countDown();
                }
                case Next.Gets(var event) -> poll.give(event);
                case Next.Refused(var why) -> poll.refuse(why);
            }
        }

        @Override
        public void withdraw(String id, Poll poll) {
            polls.remove(id, poll);
        }

        @Override
        public Optional<ExtensionRefusal> initError(String id, String type, Buffer body) {
            return roster.initError(id, type);
        }

        @Override
        public Optional<ExtensionRefusal> exitError(String id, String type, Buffer body) {
            return roster.exitError(id, type);
        }

        @Override
        public Answer subscribe(SubscriptionApi subscribed, String id, Buffer body) {
            return new Answer(200, subscribed + " " + body);
        }
    }

    private static final class Nobody implements RuntimeListener {
        @Override
        public void polled() {}

        @Override
        public void responded(Buffer result) {}

        @Override
        public void responding(String contentType, PartDemand demand) {}

        @Override
        public void part(Buffer part) {}

        @Override
        public void failed(ReportedError error) {}

        @Override
        public void responseTooLarge(int most) {}

        @Override
        public void initFailed(ReportedError error) {}
    }
}
