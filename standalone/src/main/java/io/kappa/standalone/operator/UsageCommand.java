package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.standalone.table.Table;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What functions have used, and what that would cost. */
@Command(
        name = "usage",
        description = "Shows what each function has used on each day, and what that would cost by the router's prices.")
@SuppressWarnings("NullAway.Init") // The command line sets everything before the command runs.
final class UsageCommand implements Callable<Integer> {
    @Option(
            names = "--from",
            paramLabel = "DAY",
            description = "First day, in UTC, such as 2026-11-01. Default: the first of the last day's month.")
    private @Nullable LocalDate from;

    @Option(names = "--to", paramLabel = "DAY", description = "Last day, in UTC. Default: today.")
    private @Nullable LocalDate to;

    @Option(names = "--function", paramLabel = "NAME", description = "Of this function alone: a name or an ARN.")
    private @Nullable String function;

    @Mixin
    private OperatorOptions options;

    @Override
    public Integer call() {
        var query = new LinkedHashMap<String, String>();
        if (from != null) {
            query.put("from", from.toString());
        }
        if (to != null) {
            query.put("to", to.toString());
        }
        if (function != null) {
            query.put("function", options.target(function).function().toString());
        }
        return options.show(options.api().get("/v1/usage", query), this::table);
    }

    private String table(JsonNode usage) {
        if (usage.path("days").isEmpty()) {
            return "Nothing was used.";
        }
        var table = new Table()
                .row(
                        "day",
                        "function",
                        "invocations",
                        "errors",
                        "cold",
                        "average",
                        "longest",
                        "billed",
                        "GB-s",
                        "cost");
        for (var day : usage.path("days")) {
            row(
                    table,
                    Cells.text(day, "day"),
                    options.functions().shown(Cells.text(day, "function")),
                    day.path("used"));
        }
        row(table, "all", "", usage.path("total"));
        return table.text();
    }

    private static void row(Table table, String day, String function, JsonNode used) {
        table.row(
                day,
                function,
                Cells.text(used, "invocations"),
                Cells.text(used, "errors"),
                Cells.text(used, "coldStarts"),
                Cells.text(used, "averageMillis") + " ms",
                Cells.text(used, "longestMillis") + " ms",
                Cells.text(used, "billedMillis") + " ms",
                Cells.text(used, "gbSeconds"),
                Cells.text(used, "cost"));
    }
}
