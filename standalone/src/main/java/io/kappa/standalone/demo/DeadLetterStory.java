package io.kappa.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.standalone.operator.ManagementClient;
import io.kappa.standalone.table.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An event that fails for good, from its acceptance to the dead letters, and, once the function is mended, from there to its success: with the
 * calls that an operator would make.
 */
final class DeadLetterStory {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final String DEAD_LETTERS = "/v1/dead-letters";
    private static final String FUNCTION = Example.ORDER_VALIDATOR.function();

    private final LambdaClient lambda;
    private final ManagementClient management;
    private final String ledger;
    private final PrintStream out;

    /** @param ledger name of the topic in which every event's end is written */
    DeadLetterStory(LambdaClient lambda, URI management, String ledger, PrintStream out) {
        this.lambda = lambda;
        this.management = new ManagementClient(management);
        this.ledger = ledger;
        this.out = out;
    }

    void tell() throws IOException, InterruptedException {
        out.println("An event that fails each time: accepted at once, run three times, and kept as a dead letter");
        out.println();
        var requestId = lambda.queue(FUNCTION, Example.IMPOSSIBLE_ORDER);
        var letter = awaited(requestId, "OPEN");
        out.println(Table.ofDetails()
                .row("request", requestId + "  (202 to the caller, the same in every attempt's log)")
                .row(
                        "attempts",
                        letter.path("attempts").asText() + " in " + between(letter, "accepted", "failed")
                                + ", with Lambda's pauses of 60 s and 120 s set to 1 s and 2 s for this demo")
                .row(
                        "error",
                        letter.path("errorType").asText() + ": "
                                + letter.path("errorMessage").asText())
                .row(
                        "dead letter",
                        letter.path("id").asText() + ", " + letter.path("cause").asText())
                .text());

        out.println("The catalogue is mended, and the dead letter redriven");
        out.println();
        mend();
        var redrive = lambda.object().put("ratePerSecond", 100);
        redrive.putObject("filter").putArray("ids").add(letter.path("id").asText());
        var id = management.post("/v1/redrives", redrive).path("id").asText();
        var resolved = awaited(requestId, "RESOLVED");
        out.println(Table.ofDetails()
                .row("redrive", id)
                .row(
                        "dead letter",
                        resolved.path("id").asText() + ", "
                                + resolved.path("status").asText())
                .row("ledger", "attempts and endings of every event are in " + ledger)
                .text());
    }

    private void mend() throws IOException, InterruptedException {
        var change = lambda.object();
        change.putObject("Environment").putObject("Variables").put("EXTRA_PRICES", "{\"unicorn\": \"99.00\"}");
        lambda.updateConfiguration(FUNCTION, change);
        Demo.settled(lambda, Example.ORDER_VALIDATOR);
    }

    private JsonNode awaited(String requestId, String status) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            var found = find(requestId, status);
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new IOException(
                "no dead letter of request " + requestId + " was " + status + " after " + PATIENCE.toSeconds() + " s");
    }

    private Optional<JsonNode> find(String requestId, String status) {
        for (var letter : management
                .get(DEAD_LETTERS, Map.of("function", FUNCTION, "status", status))
                .path("deadLetters")) {
            if (letter.path("requestId").asText().equals(requestId)) {
                return Optional.of(letter);
            }
        }
        return Optional.empty();
    }

    private static String between(JsonNode letter, String from, String to) {
        var duration = Duration.between(
                Instant.parse(letter.path(from).asText()),
                Instant.parse(letter.path(to).asText()));
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
