package io.kappa.standalone.operator;

import static io.kappa.standalone.operator.Cells.age;
import static io.kappa.standalone.operator.Cells.error;
import static io.kappa.standalone.operator.Cells.moment;
import static io.kappa.standalone.operator.Cells.text;
import static io.kappa.standalone.operator.Cells.yesOrNo;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.standalone.table.Table;
import java.time.Instant;

/** What the dead-letter service's API answers, for people. */
final class DeadLetterTables {
    private final FunctionNames functions;
    private final Instant now;

    DeadLetterTables(FunctionNames functions, Instant now) {
        this.functions = functions;
        this.now = now;
    }

    String deadLetters(JsonNode answer) {
        var deadLetters = answer.path("deadLetters");
        if (deadLetters.isEmpty()) {
            return "No dead letter is like that.";
        }
        var table = new Table().row("id", "failed", "function", "cause", "status", "attempts", "error");
        for (var deadLetter : deadLetters) {
            table.row(
                    text(deadLetter, "id"),
                    age(deadLetter, "failed", now),
                    function(deadLetter, "function"),
                    text(deadLetter, "cause"),
                    text(deadLetter, "status"),
                    text(deadLetter, "attempts"),
                    error(deadLetter));
        }
        return table.text() + Cells.moreOf(answer);
    }

    String counts(JsonNode answer) {
        if (answer.path("functions").isEmpty()) {
            return "There are no dead letters.";
        }
        var table = new Table().row("function", "cause", "open", "redriving", "resolved", "failed again", "total");
        for (var function : answer.path("functions")) {
            function.path("causes")
                    .properties()
                    .forEach(cause -> counts(table, function(function, "function"), cause.getKey(), cause.getValue()));
        }
        counts(table, "all", "", answer.path("counts"));
        return table.text();
    }

    private static void counts(Table table, String function, String cause, JsonNode counts) {
        table.row(
                function,
                cause,
                text(counts, "open"),
                text(counts, "redriving"),
                text(counts, "resolved"),
                text(counts, "failedAgain"),
                text(counts, "total"));
    }

    String deadLetter(JsonNode deadLetter) {
        return Table.ofDetails()
                .row("id", text(deadLetter, "id"))
                .row("status", text(deadLetter, "status") + ", since " + moment(deadLetter, "changed", now))
                .row("function", function(deadLetter, "function"))
                .row("invoked as", function(deadLetter, "target"))
                .row("request id", text(deadLetter, "requestId"))
                .row("origin", text(deadLetter, "origin"))
                .row("cause", text(deadLetter, "cause"))
                .row("error type", text(deadLetter, "errorType"))
                .row("error", text(deadLetter, "errorMessage"))
                .row("attempts", text(deadLetter, "attempts"))
                .row("accepted", moment(deadLetter, "accepted", now))
                .row("failed", moment(deadLetter, "failed", now))
                .row("came from", place(deadLetter.path("source")))
                .row(
                        "payload",
                        text(deadLetter.path("payload"), "bytes") + " bytes in " + place(deadLetter.path("payload")))
                .row("destination", text(deadLetter, "destination"))
                .row("redriven from", text(deadLetter, "redrivenFrom"))
                .row("redrive", text(deadLetter, "redrive"))
                .row("redriven as", text(deadLetter, "redriveRequestId"))
                .row("trace id", text(deadLetter, "traceId"))
                .row(
                        "history",
                        "%s, key %s"
                                .formatted(
                                        text(deadLetter.path("history"), "topic"),
                                        text(deadLetter.path("history"), "key")))
                .text();
    }

    private static String place(JsonNode place) {
        return "%s, partition %s, offset %s"
                .formatted(text(place, "topic"), text(place, "partition"), text(place, "offset"));
    }

    String deletion(JsonNode answer) {
        var letters =
                answer.path("deleted").asLong() == 1 ? "1 dead letter" : text(answer, "deleted") + " dead letters";
        return answer.path("complete").asBoolean()
                ? "Deleted " + letters + "."
                : "Deleted " + letters + " so far; the others follow by themselves.";
    }

    String redrives(JsonNode answer) {
        var redrives = answer.path("redrives");
        if (redrives.isEmpty()) {
            return "No redrive is remembered.";
        }
        var table = new Table()
                .row(
                        "id",
                        "created",
                        "by",
                        "state",
                        "matched",
                        "sent",
                        "outstanding",
                        "succeeded",
                        "failed again",
                        "not sent");
        for (var redrive : redrives) {
            var progress = redrive.path("progress");
            long notSent =
                    progress.path("skipped").asLong() + progress.path("failed").asLong();
            table.row(
                    text(redrive, "id"),
                    age(redrive, "created", now),
                    text(redrive, "by"),
                    text(redrive, "state") + (redrive.path("dryRun").asBoolean() ? " (dry run)" : ""),
                    text(progress, "matched"),
                    text(progress, "sent"),
                    text(progress, "outstanding"),
                    text(progress, "succeeded"),
                    text(progress, "failedAgain"),
                    Long.toString(notSent));
        }
        return table.text();
    }

    /** A redrive that goes on by itself. */
    String started(JsonNode redrive) {
        return redrive(redrive) + "'kappa dead-letters redrives " + text(redrive, "id") + "' tells how it goes on.";
    }

    String redrive(JsonNode redrive) {
        var progress = redrive.path("progress");
        var filter = redrive.path("filter");
        var table = Table.ofDetails()
                .row("id", text(redrive, "id"))
                .row("state", text(redrive, "state"))
                .row("created", moment(redrive, "created", now) + ", by " + text(redrive, "by"))
                .row("dead letters", filter.isEmpty() ? "all" : Cells.filter(filter, functions))
                .row("rate", text(redrive, "ratePerSecond") + " per second")
                .row("dry run", yesOrNo(redrive, "dryRun"));
        addWhereGiven(table, "maximum", redrive, "maximum");
        addWhereGiven(table, "qualifier", redrive, "qualifier");
        addWhereGiven(table, "edit", redrive, "edit");
        if (redrive.has("target")) {
            table.row("sent to", function(redrive, "target"));
        }
        return table.row("matched", text(progress, "matched"))
                .row("would be sent", text(progress, "wouldSend"))
                .row("sent", text(progress, "sent"))
                .row("outstanding", text(progress, "outstanding"))
                .row("succeeded", text(progress, "succeeded"))
                .row("failed again", text(progress, "failedAgain"))
                .row("returned", text(progress, "returned"))
                .row("skipped", text(progress, "skipped"))
                .row("could not send", text(progress, "failed"))
                .text();
    }

    private static void addWhereGiven(Table table, String name, JsonNode of, String member) {
        if (of.has(member)) {
            table.row(name, text(of, member));
        }
    }

    String results(JsonNode answer) {
        var results = answer.path("results");
        if (results.isEmpty()) {
            return "The redrive has come to no dead letter.";
        }
        var table = new Table().row("dead letter", "result", "looked at", "request id", "ending", "why");
        for (var result : results) {
            table.row(
                    text(result, "deadLetter"),
                    text(result, "result"),
                    age(result, "at", now),
                    text(result, "requestId"),
                    text(result, "ending"),
                    text(result, result.has("reason") ? "reason" : "errorType"));
        }
        return table.text() + Cells.moreOf(answer);
    }

    private String function(JsonNode of, String member) {
        return functions.shown(text(of, member));
    }
}
