package io.kappa.standalone.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What failed for good, and what to do about it. */
@Command(
        name = "dead-letters",
        description = "Shows the events that failed for good, and sends them again or deletes them.")
final class DeadLetterCommands {
    private static final String ROOT = "/v1/dead-letters";
    private static final String REDRIVES = "/v1/redrives";

    private final PrintStream payloads;
    private final Pause pause;
    private final InstantSource clock;

    DeadLetterCommands(PrintStream payloads, Pause pause, InstantSource clock) {
        this.payloads = payloads;
        this.pause = pause;
        this.clock = clock;
    }

    @Command(name = "list", description = "Shows dead letters.")
    int list(@Mixin DeadLetterFilter filter, @Mixin PagingOptions paging, @Mixin OperatorOptions options) {
        var query = ManagementClient.query(filter.members(options));
        return options.show(paging.pages(options).read(ROOT, query, "deadLetters"), tables(options)::deadLetters);
    }

    @Command(name = "counts", description = "Shows how many there are, by function and cause.")
    int counts(@Mixin OperatorOptions options) {
        return options.show(options.api().get(ROOT + "/counts"), tables(options)::counts);
    }

    @Command(name = "show", description = "Shows one dead letter.")
    int show(
            @Parameters(paramLabel = "ID", description = "Names the dead letter.") String id,
            @Option(names = "--payload", description = "Prints its payload instead, as it is.") boolean payload,
            @Mixin OperatorOptions options) {
        var path = ManagementClient.path(ROOT, id);
        return payload
                ? options.showBytes(options.api().bytes(path + "/payload", Map.of()), payloads)
                : options.show(options.api().get(path), tables(options)::deadLetter);
    }

    @Command(name = "delete", description = "Deletes dead letters, which cannot be taken back.")
    int delete(
            @Parameters(paramLabel = "ID", arity = "0..*", description = "Names dead letters, instead of a filter.")
                    @Nullable
                    List<String> ids,
            @Mixin DeadLetterFilter filter,
            @Option(names = "--yes", description = "Really does it.") boolean yes,
            @Mixin OperatorOptions options) {
        var which = which(ids, filter, options)
                .orElseThrow(() -> options.wrong("name IDs or a filter, such as --function"));
        if (!yes) {
            return options.unconfirmed("delete the dead letters of " + Cells.filter(which, options.functions()));
        }
        var asked = options.request().put("confirm", true);
        return delete(which.has("ids") ? asked.setAll(which) : asked.set("filter", which), options);
    }

    @Command(name = "purge", description = "Deletes every dead letter of a function, which cannot be taken back.")
    int purge(
            @Parameters(paramLabel = "FUNCTION", description = "ARN or name, without a qualifier.") String function,
            @Option(names = "--yes", description = "Really does it.") boolean yes,
            @Mixin OperatorOptions options) {
        var named = DeadLetterFilter.function(function, options);
        if (!yes) {
            return options.unconfirmed("delete every dead letter of " + named);
        }
        var asked = options.request().put("confirm", true);
        asked.putObject("filter").put("function", named);
        return delete(asked, options);
    }

    private int delete(ObjectNode asked, OperatorOptions options) {
        return options.show(options.api().post(ROOT + "/delete", asked), tables(options)::deletion);
    }

    @Command(
            name = "redrive",
            description = "Sends dead letters to their functions again: the open ones, unless told otherwise.")
    int redrive(
            @Parameters(paramLabel = "ID", arity = "0..*", description = "Names dead letters, instead of a filter.")
                    @Nullable
                    List<String> ids,
            @Mixin DeadLetterFilter filter,
            @Option(names = "--everything", description = "All open ones, where neither IDs nor a filter are given.")
                    boolean everything,
            @Option(names = "--rate", paramLabel = "N", description = "Sends so many a second. Default: 10.") @Nullable
                    Double rate,
            @Option(
                            names = "--dry-run",
                            description = "Finds out what would be sent, waits for that, and sends nothing.")
                    boolean dryRun,
            @Option(
                            names = "--to",
                            paramLabel = "FUNCTION",
                            description = "ARN or name of another function to send them to.")
                    @Nullable
                    String to,
            @Option(names = "--qualifier", paramLabel = "Q", description = "Version or alias to send them to.")
                    @Nullable
                    String qualifier,
            @Option(names = "--maximum", paramLabel = "N", description = "Sends so many at most.") @Nullable
                    Integer maximum,
            @Option(
                            names = "--patch",
                            paramLabel = "JSON",
                            description =
                                    "Changes each payload before it is sent: an array of JSON Patch (RFC 6902), or"
                                            + " an object of JSON Merge Patch (RFC 7386).")
                    @Nullable
                    String patch,
            @Option(
                            names = "--wait",
                            description = "Shows how far it has come until nothing is outstanding; the exit status is"
                                    + " then 1 if anything failed again or could not be sent.")
                    boolean wait,
            @Mixin OperatorOptions options) {
        var which = which(ids, filter, options);
        if (which.isEmpty() && !everything) {
            throw options.wrong("name IDs or a filter, such as --function, or say --everything");
        }
        var asked = options.request();
        asked.set("filter", which.orElseGet(ManagementClient.JSON::createObjectNode));
        asked.put("dryRun", dryRun);
        if (rate != null) {
            asked.put("ratePerSecond", rate);
        }
        if (to != null) {
            asked.put("target", options.target(to).toString());
        }
        if (qualifier != null) {
            asked.put("qualifier", qualifier);
        }
        if (maximum != null) {
            asked.put("maximum", maximum);
        }
        if (patch != null) {
            asked.set("edit", edit(patch, options));
        }
        return redrive(asked, dryRun || wait, options);
    }

    private int redrive(ObjectNode asked, boolean wait, OperatorOptions options) {
        var api = options.api();
        var redrive = api.post(REDRIVES, asked);
        if (!wait) {
            return options.show(redrive, tables(options)::started);
        }
        var end = new RedriveWait(api, pause, options.err()).untilNothingIsOutstanding(redrive);
        options.show(end, tables(options)::redrive);
        return RedriveWait.problem(end)
                .map(problem -> {
                    options.err().println("kappa: " + problem);
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .orElse(CommandLine.ExitCode.OK);
    }

    /** Ids or a filter, never both. */
    private static Optional<ObjectNode> which(
            @Nullable List<String> ids, DeadLetterFilter filter, OperatorOptions options) {
        var members = filter.members(options);
        if (ids == null || ids.isEmpty()) {
            return Optional.of(members).filter(given -> !given.isEmpty());
        }
        if (!members.isEmpty()) {
            throw options.wrong("name either IDs or a filter");
        }
        ids.forEach(members.withArray("ids")::add);
        return Optional.of(members);
    }

    private static ObjectNode edit(String patch, OperatorOptions options) {
        try {
            var json = ManagementClient.JSON.readTree(patch);
            if (json.isContainerNode()) {
                return ManagementClient.JSON.createObjectNode().set(json.isArray() ? "patch" : "merge", json);
            }
        } catch (JsonProcessingException e) {
            // Refused below.
        }
        throw options.wrong("--patch is neither an array nor an object of JSON: '" + patch + "'");
    }

    @Command(name = "redrives", description = "Shows redrives, or one, or what became of each of its dead letters.")
    int redrives(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "Names one redrive.") @Nullable String id,
            @Option(names = "--results", description = "Shows what became of each dead letter.") boolean results,
            @Mixin PagingOptions paging,
            @Mixin OperatorOptions options) {
        if (id == null && results) {
            throw options.wrong("--results are those of one redrive: name its ID");
        } else if (id == null) {
            return options.show(options.api().get(REDRIVES), tables(options)::redrives);
        }
        var path = ManagementClient.path(REDRIVES, id);
        return results
                ? options.show(
                        paging.pages(options).read(path + "/results", Map.of(), "results"), tables(options)::results)
                : options.show(options.api().get(path), tables(options)::redrive);
    }

    @Command(name = "cancel-redrive", description = "Sends nothing more of a redrive. What was sent goes on.")
    int cancelRedrive(
            @Parameters(paramLabel = "ID", description = "Names the redrive.") String id,
            @Mixin OperatorOptions options) {
        var path = ManagementClient.path(REDRIVES, id) + "/cancel";
        return options.show(options.api().post(path, options.request()), tables(options)::redrive);
    }

    private DeadLetterTables tables(OperatorOptions options) {
        return new DeadLetterTables(options.functions(), clock.instant());
    }
}
