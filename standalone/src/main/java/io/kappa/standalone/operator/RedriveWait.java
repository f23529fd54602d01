package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at a redrive again and again until nothing of it is outstanding, and says how far it has come whenever that has changed. */
final class RedriveWait {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final ManagementClient api;
    private final Pause pause;
    private final PrintWriter progress;

    RedriveWait(ManagementClient api, Pause pause, PrintWriter progress) {
        this.api = api;
        this.pause = pause;
        this.progress = progress;
    }

    /** @return the redrive as it was found at last */
    JsonNode untilNothingIsOutstanding(JsonNode started) {
        var id = Cells.text(started, "id");
        progress.println("Redrive " + id);
        var redrive = started;
        var said = "";
        while (true) {
            var line = line(redrive.path("progress"));
            if (!line.equals(said)) {
                progress.println("  " + line);
                said = line;
            }
            if (isOver(redrive)) {
                return redrive;
            }
            rest();
            redrive = api.get(ManagementClient.path("/v1/redrives", id));
        }
    }

    private static boolean isOver(JsonNode redrive) {
        return !redrive.path("state").asText().equals("RUNNING")
                && redrive.path("progress").path("outstanding").asLong() == 0;
    }

    private static String line(JsonNode progress) {
        var parts = new ArrayList<String>();
        add(parts, progress, "wouldSend", "would be sent");
        add(parts, progress, "sent", "sent");
        add(parts, progress, "outstanding", "outstanding");
        add(parts, progress, "succeeded", "succeeded");
        add(parts, progress, "failedAgain", "failed again");
        add(parts, progress, "returned", "returned");
        add(parts, progress, "skipped", "skipped");
        add(parts, progress, "failed", "could not be sent");
        return Cells.text(progress, "matched") + " matched" + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
    }

    private static void add(List<String> parts, JsonNode progress, String member, String words) {
        long count = progress.path(member).asLong();
        if (count > 0) {
            parts.add(count + " " + words);
        }
    }

    private void rest() {
        try {
            pause.pause(BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ManagementException("interrupted; the redrive goes on");
        }
    }

    /** Why a redrive that is over is not what was wanted, in one line; empty if it is. */
    static Optional<String> problem(JsonNode redrive) {
        var parts = new ArrayList<String>();
        add(parts, redrive.path("progress"), "failedAgain", "failed again");
        add(parts, redrive.path("progress"), "failed", "could not be sent");
        if (redrive.path("state").asText().equals("CANCELLED")) {
            parts.add("the redrive was cancelled");
        }
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(", ", parts) + "; 'kappa dead-letters redrives " + Cells.text(redrive, "id")
                        + " --results' tells more");
    }
}
