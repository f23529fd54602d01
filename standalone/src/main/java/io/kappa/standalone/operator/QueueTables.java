package io.kappa.standalone.operator;

import static io.kappa.standalone.operator.Cells.age;
import static io.kappa.standalone.operator.Cells.duration;
import static io.kappa.standalone.operator.Cells.error;
import static io.kappa.standalone.operator.Cells.moment;
import static io.kappa.standalone.operator.Cells.text;
import static io.kappa.standalone.operator.Cells.until;
import static io.kappa.standalone.operator.Cells.yesOrNo;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.standalone.table.Table;
import java.time.Duration;
import java.time.Instant;

/** What the async queue's API answers, for people. */
final class QueueTables {
    private final FunctionNames functions;
    private final Instant now;

    QueueTables(FunctionNames functions, Instant now) {
        this.functions = functions;
        this.now = now;
    }

    String queues(JsonNode answer) {
        var queues = answer.path("queues");
        if (queues.isEmpty()) {
            return "No function has anything waiting or running, and none is held.";
        }
        var table = new Table().row("function", "waiting", "due", "running", "held", "limit", "oldest");
        for (var queue : queues) {
            table.row(
                    function(queue),
                    text(queue, "waiting"),
                    text(queue, "due"),
                    text(queue, "running"),
                    yesOrNo(queue, "held"),
                    text(queue, "limit"),
                    seconds(queue, "oldestAgeSeconds"));
        }
        return table.text();
    }

    String summary(JsonNode answer) {
        return Table.ofDetails()
                .row("accepted, ever", text(answer, "accepted"))
                .row("ended, ever", text(answer, "ended"))
                .row("pending", text(answer, "pending"))
                .row("running", text(answer, "running"))
                .row("deliveries", text(answer, "deliveries"))
                .row("oldest", seconds(answer, "oldestAgeSeconds"))
                .row("shards", text(answer, "shards"))
                .text();
    }

    String events(JsonNode answer) {
        var events = answer.path("events");
        if (events.isEmpty()) {
            return "No such event waits or runs.";
        }
        var table = new Table().row("request id", "function", "age", "due", "runs", "attempts", "last failure");
        for (var event : events) {
            table.row(
                    text(event, "requestId"),
                    function(event),
                    age(event, "accepted", now),
                    until(event, "due", now),
                    text(event, "runs"),
                    text(event, "attempts"),
                    failure(event.path("lastFailure")));
        }
        return table.text() + Cells.moreOf(answer);
    }

    String event(JsonNode event) {
        var failure = event.path("lastFailure");
        return Table.ofDetails()
                .row("request id", text(event, "requestId"))
                .row("function", function(event))
                .row("accepted", moment(event, "accepted", now))
                .row("due", until(event, "due", now))
                .row("runs", text(event, "runs"))
                .row("attempts", text(event, "attempts"))
                .row("last status", text(failure, "status"))
                .row("last error type", text(failure, "errorType"))
                .row("last error", text(failure, "errorMessage"))
                .row(
                        "kept in",
                        "%s, partition %s, offset %s"
                                .formatted(text(event, "topic"), text(event, "partition"), text(event, "offset")))
                .row("redrive", text(event, "redrive"))
                .text();
    }

    private static String failure(JsonNode failure) {
        var error = error(failure);
        return error.equals(Cells.NOTHING) && failure.has("status") ? "status " + text(failure, "status") : error;
    }

    String actions(JsonNode answer) {
        var actions = answer.path("actions");
        if (actions.isEmpty()) {
            return "No action is remembered.";
        }
        var table = new Table().row("asked", "action", "by", "of", "events", "done");
        for (var action : actions) {
            table.row(
                    age(action, "asked", now),
                    text(action, "kind"),
                    text(action, "by"),
                    selection(action),
                    text(action, "affected"),
                    action.has("finished") ? "yes" : "not everywhere yet");
        }
        return table.text();
    }

    /** What has just been asked for, in a sentence. */
    String done(JsonNode action) {
        var events = action.path("affected").asLong() == 1 ? "1 event" : text(action, "affected") + " events";
        var sentence = switch (text(action, "kind")) {
            case "HOLD" -> "Nothing more is started of " + selection(action) + " until it is released.";
            case "RELEASE" -> "Released " + selection(action) + ".";
            case "CANCEL" -> "Cancelled " + events + ".";
            case "RUN_NOW" -> "Made " + events + " due.";
            default -> text(action, "kind") + ": " + events + ".";
        };
        return action.has("finished")
                ? sentence
                : sentence + " Not every shard has done so yet: 'kappa queue actions' tells.";
    }

    /** The function by itself where that is all. */
    private String selection(JsonNode action) {
        var selection = action.path("selection");
        return selection.size() == 1 && selection.has("function")
                ? function(selection)
                : Cells.filter(selection, functions);
    }

    private String function(JsonNode of) {
        return functions.shown(text(of, "function"));
    }

    private static String seconds(JsonNode of, String member) {
        return of.has(member) ? duration(Duration.ofSeconds(of.path(member).asLong())) : Cells.NOTHING;
    }
}
