package io.kappa.router.registry;

import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.testkit.MapTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** An owner without Kafka: decides, keeps what would be recorded, and applies. The clock stands at noon until it is turned. */
final class Ownership {
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    final MapTable table = new MapTable();
    final RegistryState state = new RegistryState(table);
    final List<Change> recorded = new ArrayList<>();

    private final RegistryDecisions decisions;
    private int revisions;
    private Instant now = NOON;

    Ownership() {
        this(AccountQuotas.DEFAULTS);
    }

    Ownership(AccountQuotas quotas) {
        decisions = new RegistryDecisions(state, quotas, this::nextRevision);
    }

    private String nextRevision() {
        return "revision-" + ++revisions;
    }

    void turn(Duration by) {
        now = now.plus(by);
    }

    Instant now() {
        return now;
    }

    /** Stores a package, which is what its announcement says. */
    Ownership stored(CodePackage... packages) {
        return storedFor(Samples.ACCOUNT, packages);
    }

    Ownership storedFor(String account, CodePackage... packages) {
        for (var code : packages) {
            perform(decisions.announce(Upload.of(account, code), now));
        }
        return this;
    }

    /** Has a command decided and its changes made. */
    Verdict ask(RegistryCommand command) {
        var decision = decisions.decide(command, now);
        perform(decision.changes());
        return decision.verdict();
    }

    /** As {@link #ask}, where the command is to be done. */
    VersionRecord done(RegistryCommand command) {
        return Objects.requireNonNull(completed(command).version());
    }

    RegistryAnswer.Done completed(RegistryCommand command) {
        return switch (ask(command)) {
            case Verdict.Answered(RegistryAnswer.Done done) -> done;
            case Verdict.Answered(RegistryAnswer.Refused refused) -> throw new AssertionError(refused);
            case Verdict.CodeGone _ -> throw new AssertionError("code gone");
        };
    }

    /** A function that has been created and is active. */
    VersionRecord active(FunctionArn function, CodePackage code) {
        stored(code);
        done(Samples.create(function, code));
        settle();
        return latest(function);
    }

    /** A function that is active and has published versions 1 to that number, each described by its number. */
    void published(FunctionArn function, int versions) {
        active(function, Samples.CODE);
        for (int i = 1; i <= versions; i++) {
            done(new RegistryCommand.UpdateFunctionConfiguration(function, Samples.described("version " + i), null));
            settle();
            done(new RegistryCommand.PublishVersion(function, null, null, null));
        }
    }

    /** As {@link #ask}, where the command is to be done and is about an alias. */
    AliasRecord pointed(RegistryCommand command) {
        return Objects.requireNonNull(completed(command).alias());
    }

    /** Ends all transitions. */
    void settle() {
        state.inTransition().forEach(version -> perform(decisions.settle(version)));
    }

    /** As {@link #ask}, where the command is to be done and is about a mapping. */
    EventSourceMappingRecord mapped(RegistryCommand command) {
        return Objects.requireNonNull(completed(command).mapping());
    }

    /** A mapping that has been created and is read. */
    EventSourceMappingRecord reading(RegistryCommand.CreateEventSourceMapping command) {
        var made = mapped(command);
        report(made, Reached.READING);
        return mapping(made.id());
    }

    /** Has a mapper say what it has done with the mapping as it is. */
    void report(EventSourceMappingRecord mapping, Reached reached) {
        report(new MappingReport(mapping.id(), mapping.revision(), now, reached, null, null));
    }

    void report(MappingReport report) {
        perform(decisions.settle(report, now));
    }

    EventSourceMappingRecord mapping(MappingId mapping) {
        return state.mapping(mapping).orElseThrow();
    }

    List<Change> settling(VersionArn version) {
        return decisions.settle(version);
    }

    void release() {
        perform(decisions.release(now));
    }

    void perform(List<Change> changes) {
        changes.forEach(state::apply);
        recorded.addAll(changes);
    }

    VersionRecord latest(FunctionArn function) {
        return version(Samples.latest(function));
    }

    VersionRecord version(VersionArn version) {
        return state.version(version).orElseThrow();
    }

    FunctionRecord function(FunctionArn function) {
        return state.function(function).orElseThrow();
    }

    /** The packages whose chunks have been deleted. */
    List<String> released() {
        return recorded.stream()
                .filter(Change.UploadReleased.class::isInstance)
                .map(change -> ((Change.UploadReleased) change).upload().uploadId())
                .toList();
    }

    static Verdict refused(ErrorCode code, String message) {
        return new Verdict.Answered(new RegistryAnswer.Refused(code, message));
    }
}
