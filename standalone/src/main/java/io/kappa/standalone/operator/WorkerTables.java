package io.kappa.standalone.operator;

import static io.kappa.standalone.operator.Cells.age;
import static io.kappa.standalone.operator.Cells.moment;
import static io.kappa.standalone.operator.Cells.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.standalone.table.Table;
import java.time.Instant;
import java.util.stream.StreamSupport;

/** What the API of worker nodes answers, for people. */
final class WorkerTables {
    private final FunctionNames functions;
    private final Instant now;

    WorkerTables(FunctionNames functions, Instant now) {
        this.functions = functions;
        this.now = now;
    }

    String workers(JsonNode answer) {
        var workers = answer.path("workers");
        if (workers.isEmpty()) {
            return "There are no worker nodes.";
        }
        var table = new Table()
                .row("worker", "address", "sandbox", "memory", "environments", "provisioned", "state", "heard");
        for (var worker : workers) {
            table.row(
                    text(worker, "name"),
                    address(worker),
                    text(worker, "sandbox"),
                    memory(worker),
                    sum(worker, "living"),
                    sum(worker, "provisioned"),
                    state(worker),
                    age(worker, "heard", now));
        }
        return table.text();
    }

    String worker(JsonNode worker) {
        var text = Table.ofDetails()
                .row("worker", text(worker, "name"))
                .row("address", address(worker))
                .row("sandbox", text(worker, "sandbox"))
                .row("memory", memory(worker))
                .row("state", state(worker))
                .row("heard", moment(worker, "heard", now))
                .row("running from here", text(worker, "runningHere"))
                .text();
        return text + System.lineSeparator() + environments(worker.path("environments"));
    }

    private String environments(JsonNode environments) {
        if (environments.isEmpty()) {
            return "It has no environments." + System.lineSeparator();
        }
        var table = new Table().row("function", "deployment", "living", "provisioned", "problem");
        for (var of : environments) {
            table.row(
                    functions.shown(text(of, "function")),
                    text(of, "generation"),
                    text(of, "living"),
                    text(of, "provisioned"),
                    text(of, "problem"));
        }
        return table.text();
    }

    private static String address(JsonNode worker) {
        return text(worker, "host") + ":" + text(worker, "port");
    }

    private static String memory(JsonNode worker) {
        return text(worker, "usedMegabytes") + " of " + text(worker, "memoryMegabytes") + " MB";
    }

    private static String sum(JsonNode worker, String member) {
        return Long.toString(StreamSupport.stream(worker.path("environments").spliterator(), false)
                .mapToLong(of -> of.path(member).asLong())
                .sum());
    }

    private static String state(JsonNode worker) {
        if (!worker.path("present").asBoolean()) {
            return "silent";
        }
        return worker.path("draining").asBoolean() ? "draining" : "takes work";
    }
}
