package io.kappa.router.registry;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.UpdateEventSourceMapping;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of event source mappings. Commands begin what is in the gerund, and mappers, who carry it out, end it by their reports.
 *
 * <pre>
 *   created ─▶ Creating ─▶ Enabled ◀─▶ Updating
 *      │                   │     ▲
 *      │           Disabling     Enabling
 *      │                   ▼     │
 *      └──────────────────▶ Disabled              Enabled, Disabled ─▶ Deleting ─▶ gone
 * </pre>
 */
final class MappingDecisions {
    /** Longest timeout of a function that reads from Kafka: a consumer that is silent for longer is taken for dead. */
    private static final int LONGEST_KAFKA_TIMEOUT_SECONDS = 840;

    private final RegistryState state;

    MappingDecisions(RegistryState state) {
        this.state = state;
    }

    Outcome create(CreateEventSourceMapping command, Instant now) {
        var source = command.source();
        var versions = requiredVersions(command.target());
        requireRules(MappingRules.problem(source, command.options()));
        requireTimeout(source, versions);
        requireUnique(command.mapping(), command.target(), source, command.consumerGroup());
        return Outcome.of(new EventSourceMappingRecord(
                command.mapping(),
                1,
                command.target(),
                source,
                command.access(),
                command.consumerGroup(),
                command.enabled(),
                command.enabled() ? State.Creating : State.Disabled,
                askedFor(source),
                now,
                source instanceof Queue ? null : MappingReport.NOTHING_PROCESSED,
                command.options(),
                command.tags()));
    }

    Outcome update(UpdateEventSourceMapping command, Instant now) {
        var before = required(command.mapping());
        var change = command.change();
        var target = MappingChange.orElse(change.target(), before.target());
        if (change.target() != null) {
            requireTimeout(before.source(), requiredVersions(target));
            requireUnique(before.id(), target, before.source(), before.consumerGroup());
        }
        var options = change.appliedTo(before.options());
        requireRules(MappingRules.problem(before.source(), options));
        requireQuiet(before, "update");
        boolean enabled = MappingChange.orElse(change.enabled(), before.enabled());
        return Outcome.of(new EventSourceMappingRecord(
                before.id(),
                before.revision() + 1,
                target,
                before.source(),
                MappingChange.orElse(change.access(), before.access()),
                before.consumerGroup(),
                enabled,
                updating(before.enabled(), enabled),
                askedFor(before.source()),
                now,
                before.lastProcessingResult(),
                options,
                before.tags()));
    }

    /** Nobody reads a mapping that is and stays disabled, so there is nobody to carry out a change of it. */
    private static State updating(boolean before, boolean after) {
        if (before) {
            return after ? State.Updating : State.Disabling;
        }
        return after ? State.Enabling : State.Disabled;
    }

    Outcome delete(DeleteEventSourceMapping command, Instant now) {
        var before = required(command.mapping());
        requireQuiet(before, "delete");
        return Outcome.of(new EventSourceMappingRecord(
                before.id(),
                before.revision() + 1,
                before.target(),
                before.source(),
                before.access(),
                before.consumerGroup(),
                false,
                State.Deleting,
                askedFor(before.source()),
                now,
                before.lastProcessingResult(),
                before.options(),
                before.tags()));
    }

    /** What follows from a report. Nothing where it is about a revision that is not the current one: mappers report late, and twice. */
    List<Change> settle(MappingReport report, Instant now) {
        var before = state.mapping(report.mapping()).orElse(null);
        if (before == null || before.revision() != report.revision()) {
            return List.of();
        }
        var reached = reached(before, report);
        if (reached == null) {
            return gone(before);
        }
        boolean broke = report.reached() == MappingReport.Reached.BROKEN && before.enabled();
        var after = new EventSourceMappingRecord(
                before.id(),
                before.revision(),
                before.target(),
                before.source(),
                before.access(),
                before.consumerGroup(),
                before.enabled() && !broke,
                reached,
                broke && report.reason() != null ? report.reason() : before.stateReason(),
                reached == before.state() ? before.lastModified() : now,
                result(before, report),
                before.options(),
                before.tags());
        return after.equals(before) ? List.of() : List.of(new Change.Recorded(after));
    }

    private static @Nullable String result(EventSourceMappingRecord mapping, MappingReport report) {
        return report.lastProcessingResult() == null
                        || mapping.source() instanceof Queue // Lambda shows none for queues.
                ? mapping.lastProcessingResult()
                : report.lastProcessingResult();
    }

    /** The state that a mapping is in after a report; null where it is no more. */
    private static @Nullable State reached(EventSourceMappingRecord mapping, MappingReport report) {
        return switch (report.reached()) {
            case null -> mapping.state();
            case READING ->
                switch (mapping.state()) {
                    case Creating, Enabling, Updating -> State.Enabled;
                    case Enabled, Disabled, Disabling, Deleting -> mapping.state();
                };
            case STOPPED ->
                switch (mapping.state()) {
                    case Disabling -> State.Disabled;
                    case Deleting -> null;
                    case Creating, Enabling, Updating, Enabled, Disabled -> mapping.state();
                };
            // Of what cannot be read, nothing is read: where that was asked for, it is done.
            case BROKEN -> mapping.state() == State.Deleting ? null : State.Disabled;
        };
    }

    /** The function's record comes last for the reason that every removal has: see {@link RegistryDecisions}. */
    private List<Change> gone(EventSourceMappingRecord mapping) {
        var function = state.remembered(mapping.target().function())
                .orElseThrow(
                        () -> new IllegalStateException("a mapping of a function never heard of: " + mapping.id()));
        return List.of(new Change.Removed(mapping), new Change.Recorded(function));
    }

    private static String askedFor(EventSource source) {
        return source instanceof Queue ? "USER_INITIATED" : "User action";
    }

    private EventSourceMappingRecord required(MappingId mapping) {
        return state.mapping(mapping)
                .orElseThrow(
                        () -> new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "The resource you requested does not exist."));
    }

    private List<VersionRecord> requiredVersions(InvocationTarget target) {
        var versions = state.versions(target);
        if (state.function(target.function()).isEmpty() || versions.isEmpty()) {
            throw invalid("Function does not exist");
        }
        return versions;
    }

    private static void requireTimeout(EventSource source, List<VersionRecord> versions) {
        int timeout = versions.stream()
                .mapToInt(version -> version.requested().configuration().timeoutSeconds())
                .max()
                .orElseThrow();
        boolean kafka = switch (source) {
            case SelfManagedKafka _, ManagedKafka _ -> true;
            case Kinesis _, DynamoDb _, Queue _ -> false;
        };
        if (kafka && timeout > LONGEST_KAFKA_TIMEOUT_SECONDS) {
            throw invalid("Function timeout: " + timeout + " seconds is greater than " + LONGEST_KAFKA_TIMEOUT_SECONDS
                    + " seconds, the maximum for Kafka event sources");
        }
    }

    private static void requireRules(Optional<String> problem) {
        problem.ifPresent(message -> {
            throw invalid(message);
        });
    }

    private static void requireQuiet(EventSourceMappingRecord mapping, String wanted) {
        if (mapping.state().inTransition()) {
            throw new Refusal(
                    ErrorCode.RESOURCE_IN_USE, "Cannot " + wanted + " the event source mapping because it is in use.");
        }
    }

    /** One source feeds a function once, and one consumer group reads a topic for one mapping. */
    private void requireUnique(MappingId own, InvocationTarget target, EventSource source, String consumerGroup) {
        for (var other : state.mappings(target.function())) {
            if (!other.id().equals(own)
                    && other.target().effectiveQualifier().equals(target.effectiveQualifier())
                    && overlap(other.source(), source)) {
                throw conflict(duplicate(target, source), other);
            }
        }
        for (var other : state.consuming(own.account(), consumerGroup)) {
            if (!other.id().equals(own) && overlap(other.source(), source)) {
                throw conflict(
                        "An event source mapping with event source (\"" + cluster(source) + "\"), consumer group (\""
                                + consumerGroup + "\"), topics (\"" + String.join(",", source.topics())
                                + "\") already exists.",
                        other);
            }
        }
    }

    private static boolean overlap(EventSource one, EventSource other) {
        return switch (one) {
            case SelfManagedKafka kafka ->
                other instanceof SelfManagedKafka(var servers, var topics)
                        && !Collections.disjoint(kafka.bootstrapServers(), servers)
                        && !Collections.disjoint(kafka.topics(), topics);
            case ManagedKafka kafka ->
                other instanceof ManagedKafka(var arn, var _, var topics)
                        && kafka.arn().equals(arn)
                        && !Collections.disjoint(kafka.topics(), topics);
            case Kinesis _, DynamoDb _, Queue _ -> one.sourceArn().equals(other.sourceArn());
        };
    }

    /** In Lambda's words, blanks within the brackets included. */
    private static String duplicate(InvocationTarget target, EventSource source) {
        var name = target.function().name().value();
        return switch (source) {
            case Queue queue ->
                "An event source mapping with SQS arn (\" " + queue.arn() + " \") and function (\" " + name
                        + " \") already exists.";
            case Kinesis _, DynamoDb _ ->
                "The event source arn (\" " + source.sourceArn().orElseThrow() + " \") and function (\" " + name
                        + " \") provided mapping already exists.";
            case SelfManagedKafka _, ManagedKafka _ ->
                "An event source mapping with event source (\"" + cluster(source) + "\"), function (\"" + target
                        + "\"), topics (\"" + String.join(",", source.topics()) + "\") already exists.";
        };
    }

    private static String cluster(EventSource source) {
        return source instanceof SelfManagedKafka(var servers, var _)
                ? String.join(",", servers)
                : source.sourceArn().orElseThrow();
    }

    private static Refusal conflict(String message, EventSourceMappingRecord other) {
        return new Refusal(
                ErrorCode.RESOURCE_CONFLICT,
                message + " Please update or delete the existing mapping with UUID "
                        + other.id().uuid());
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
