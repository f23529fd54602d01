package io.kappa.standalone.operator;

import static io.kappa.standalone.operator.Cells.age;
import static io.kappa.standalone.operator.Cells.error;
import static io.kappa.standalone.operator.Cells.moment;
import static io.kappa.standalone.operator.Cells.text;
import static io.kappa.standalone.operator.Cells.until;
import static io.kappa.standalone.operator.Cells.yesOrNo;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.standalone.table.Table;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What the API of event source mappings answers, for people. */
final class MappingTables {
    private final FunctionNames functions;
    private final Instant now;

    MappingTables(FunctionNames functions, Instant now) {
        this.functions = functions;
        this.now = now;
    }

    String mappings(JsonNode answer) {
        var mappings = answer.path("mappings");
        if (mappings.isEmpty()) {
            return "There are no event source mappings.";
        }
        var table = new Table()
                .row("uuid", "function", "topics", "state", "shards here", "retrying", "throttled", "last result");
        for (var mapping : mappings) {
            table.row(
                    text(mapping, "uuid"),
                    function(mapping),
                    topics(mapping),
                    text(mapping, "state"),
                    ofShards(mapping, "shardsHere"),
                    ofShards(mapping, "retrying"),
                    mapping.has("queue") ? yesOrNo(mapping.path("queue"), "throttled") : text(mapping, "throttled"),
                    text(mapping, "lastProcessingResult"));
        }
        return table.text();
    }

    /** A standard queue has none. */
    private static String ofShards(JsonNode mapping, String member) {
        return mapping.has("queue") ? Cells.NOTHING : text(mapping, member);
    }

    String mapping(JsonNode mapping) {
        var text = Table.ofDetails()
                .row("uuid", text(mapping, "uuid"))
                .row("function", function(mapping))
                .row("source", text(mapping, "source"))
                .row("topics", topics(mapping))
                .row("consumer group", text(mapping, "consumerGroup"))
                .row("batch size", text(mapping, "batchSize"))
                .row("state", text(mapping, "state"))
                .row("because", text(mapping, "stateReason"))
                .row("since", moment(mapping, "lastModified", now))
                .row("last result", text(mapping, "lastProcessingResult"))
                .text();
        return text
                + System.lineSeparator()
                + (mapping.has("queue") ? queue(mapping.path("queue")) : shards(mapping))
                + skips(mapping.path("skips"));
    }

    private static String queue(JsonNode queue) {
        return Table.ofDetails()
                .row("messages held", text(queue, "held"))
                .row("of these hidden", text(queue, "hidden"))
                .row("of these given up", text(queue, "leaving"))
                .row("batches running", text(queue, "running"))
                .row("batches waiting", text(queue, "waiting"))
                .row("batches delayed", text(queue, "delayed"))
                .row("limit", text(queue, "limit"))
                .row("throttled", yesOrNo(queue, "throttled"))
                .text();
    }

    private String shards(JsonNode mapping) {
        if (mapping.path("shards").isEmpty()) {
            return "This process reads no shard of it." + System.lineSeparator();
        }
        var table = new Table()
                .row(
                        "shard",
                        "state",
                        "position",
                        "read",
                        "waiting",
                        "running",
                        "record",
                        "attempts",
                        "next try",
                        "last failure");
        for (var shard : mapping.path("shards")) {
            table.row(
                    shard(shard),
                    text(shard, "state"),
                    text(shard, "position"),
                    text(shard, "read"),
                    text(shard, "waiting"),
                    text(shard, "running"),
                    text(shard, "record"),
                    text(shard, "attempts"),
                    until(shard, "nextTry", now),
                    error(shard.path("lastFailure")));
        }
        return table.text();
    }

    private String skips(JsonNode skips) {
        if (skips.isEmpty()) {
            return "";
        }
        var table = new Table().row("asked", "by", "shard", "records", "action", "reason");
        for (var skip : skips) {
            table.row(
                    age(skip, "at", now),
                    text(skip, "by"),
                    shard(skip),
                    records(skip),
                    text(skip, "action"),
                    text(skip, "reason").isEmpty() ? Cells.NOTHING : text(skip, "reason"));
        }
        return System.lineSeparator() + table.text();
    }

    /** What has just been asked for, in a sentence. */
    static String skipped(JsonNode skip) {
        long count = skip.path("to").asLong() - skip.path("from").asLong();
        var sentence = (count == 1 ? "Record " : "Records ") + records(skip) + " of " + shard(skip)
                + (text(skip, "action").equals("DROP")
                        ? " will be dropped."
                        : " will be passed over and kept as " + (count == 1 ? "a dead letter." : "dead letters."));
        return skip.path("readHere").asBoolean()
                ? sentence
                : sentence + " This process does not read that shard now: whoever does acts on it.";
    }

    /** How the Lambda API answers a change. */
    static String changed(JsonNode mapping) {
        var state = text(mapping, "State");
        var sentence = switch (state) {
            case "Disabling" -> "will be paused once what runs has come to its end";
            case "Disabled" -> "is paused";
            case "Enabling" -> "will be read again";
            case "Enabled", "Updating", "Creating" -> "is read";
            default -> "is in state " + state;
        };
        return "Mapping " + text(mapping, "UUID") + " " + sentence + ".";
    }

    /** First and last, both of them included. */
    private static String records(JsonNode skip) {
        long from = skip.path("from").asLong();
        long last = skip.path("to").asLong() - 1;
        return from == last ? Long.toString(from) : from + " to " + last;
    }

    private static String shard(JsonNode of) {
        return text(of, "topic") + "-" + text(of, "partition");
    }

    private static String topics(JsonNode mapping) {
        return StreamSupport.stream(mapping.path("topics").spliterator(), false)
                .map(JsonNode::asText)
                .map(Cells::line)
                .collect(Collectors.joining(", "));
    }

    private String function(JsonNode of) {
        return functions.shown(text(of, "function"));
    }
}
