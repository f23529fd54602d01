package io.kappa.router.registry;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodeSigningRecord;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionCode;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.LayerRecord;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.AddLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.ChangeCodeSigningConfig;
import io.kappa.router.registry.RegistryCommand.ChangeScaling;
import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryCommand.ChangeTags;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.CreateFunction;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.DeleteEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.DeleteLayerVersion;
import io.kappa.router.registry.RegistryCommand.DeleteProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.OfFunctionUrl;
import io.kappa.router.registry.RegistryCommand.OfLayerVersion;
import io.kappa.router.registry.RegistryCommand.OfMapping;
import io.kappa.router.registry.RegistryCommand.PublishLayerVersion;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.PutFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.PutFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.PutProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.RemoveLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.UpdateAlias;
import io.kappa.router.registry.RegistryCommand.UpdateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionEventInvokeConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a command by Lambda's rules. Reads the state and changes nothing: {@link RegistryState#apply} does, with the
 * changes decided here, once they are recorded.
 *
 * <p>Where several rules refuse a command, the order is: existence, rules about the request, the state that the function is in, quotas.
 */
final class RegistryDecisions {
    /** Bytes of code that an account's versions may have together: Lambda's quota of 75 GB. */
    static final long CODE_BYTES_PER_ACCOUNT = 80_530_636_800L;

    /** How long a stored package waits for the command that it is for. */
    static final Duration UPLOAD_KEPT = Duration.ofMinutes(15);

    private final RegistryState state;
    private final AliasDecisions aliases;
    private final ProvisionedDecisions provisioned;
    private final FunctionUrlDecisions urls;
    private final MappingDecisions mappings;
    private final ScalingDecisions scaling;
    private final CodeSigningDecisions codeSigning;
    private final SettingDecisions settings;
    private final TagDecisions tags;
    private final LayerDecisions layers;
    private final AccountQuotas quotas;
    private final Supplier<String> revisionIds;

    RegistryDecisions(RegistryState state, AccountQuotas quotas, Supplier<String> revisionIds) {
        this.state = state;
        this.provisioned = new ProvisionedDecisions(state, quotas);
        this.aliases = new AliasDecisions(state, provisioned, revisionIds);
        this.urls = new FunctionUrlDecisions(state);
        this.mappings = new MappingDecisions(state);
        this.scaling = new ScalingDecisions(
                state,
                new CapacityDecisions(
                        state, provisioned, () -> UUID.randomUUID().toString()),
                state.useHistory());
        this.codeSigning = new CodeSigningDecisions(state);
        this.settings = new SettingDecisions(state, codeSigning, revisionIds);
        this.tags = new TagDecisions(state, revisionIds);
        this.layers = new LayerDecisions(state, revisionIds);
        this.quotas = quotas;
        this.revisionIds = revisionIds;
    }

    Decision decide(RegistryCommand command, Instant now) {
        var brought = brought(command);
        if (!brought.stream().allMatch(state::holds)) {
            return new Decision(List.of(), new Verdict.CodeGone());
        }
        Outcome outcome;
        try {
            outcome = switch (command) {
                case CreateFunction create -> create(create, now);
                case UpdateFunctionCode update -> updateCode(update, now);
                case UpdateFunctionConfiguration update -> updateConfiguration(update, now);
                case DeleteFunction delete -> delete(delete);
                case PublishVersion publish -> publish(publish);
                case PutFunctionEventInvokeConfig put -> putEventInvokeConfig(put, now);
                case UpdateFunctionEventInvokeConfig update -> updateEventInvokeConfig(update, now);
                case DeleteFunctionEventInvokeConfig delete -> deleteEventInvokeConfig(delete);
                case PutFunctionConcurrency put -> putConcurrency(put);
                case DeleteFunctionConcurrency delete -> deleteConcurrency(delete);
                case CreateAlias create -> aliases.create(create);
                case UpdateAlias update -> aliases.update(update);
                case DeleteAlias delete -> aliases.delete(delete);
                case PutProvisionedConcurrency put -> provisioned.put(put, now);
                case DeleteProvisionedConcurrency delete -> provisioned.delete(delete);
                case OfFunctionUrl ofUrl -> urls.decide(ofUrl, now);
                case CreateEventSourceMapping create -> mappings.create(create, now);
                case UpdateEventSourceMapping update -> mappings.update(update, now);
                case DeleteEventSourceMapping delete -> mappings.delete(delete, now);
                case PublishLayerVersion publish -> layers.publish(publish, now);
                case DeleteLayerVersion delete -> layers.delete(delete);
                case AddLayerVersionPermission add -> layers.addPermission(add);
                case RemoveLayerVersionPermission remove -> layers.removePermission(remove);
                case ChangeScaling change -> scaling.change(change, now);
                case ChangeSetting change -> settings.change(change);
                case ChangeTags change -> tags.change(change);
                case ChangeCodeSigningConfig change -> codeSigning.change(change, now);
            };
        } catch (Refusal refusal) {
            outcome = new Outcome(List.of(), refusal.answer);
        }
        return new Decision(withReleases(outcome.changes(), brought), new Verdict.Answered(outcome.answer()));
    }

    /** Ends the transition that a version is in, if it still is. */
    List<Change> settle(VersionArn version) {
        var before = state.version(version).orElse(null);
        if (before == null
                || before.awaitsSnapshot()
                || (before.state().name() != State.Name.Pending && !RegistryState.updating(before))) {
            return List.of();
        }
        var settled = new VersionRecord(
                version,
                before.requested(),
                null,
                before.lastModified(),
                revisionIds.get(),
                State.ACTIVE,
                LastUpdate.SUCCESSFUL);
        return withReleases(List.of(new Change.Recorded(settled)), List.of());
    }

    /** Takes in what a mapper says. */
    List<Change> settle(MappingReport report, Instant now) {
        return mappings.settle(report, now);
    }

    /** Decides what is scaled by itself. */
    ScalingDecisions scaling() {
        return scaling;
    }

    List<Change> announce(Upload upload, Instant now) {
        return List.of(new Change.UploadAnnounced(upload, now.plus(UPLOAD_KEPT)));
    }

    /** Has the packages deleted that nobody came for. */
    List<Change> release(Instant now) {
        return state.abandoned(now).stream()
                .<Change>map(Change.UploadReleased::new)
                .toList();
    }

    private List<Change> withReleases(List<Change> changes, List<Upload> brought) {
        var all = new ArrayList<>(changes);
        state.releasedBy(changes, brought).forEach(upload -> all.add(new Change.UploadReleased(upload)));
        return all;
    }

    /** The stored packages that come with a command. A dry run brings the description of one. */
    private static List<Upload> brought(RegistryCommand command) {
        return switch (command) {
            case CreateFunction create -> {
                var uploads = new ArrayList<>(LayerDecisions.brought(
                        create.function(), create.configuration().layers()));
                ImageDecisions.upload(create.function().account(), create.code())
                        .ifPresent(uploads::add);
                yield uploads;
            }
            case PublishLayerVersion publish ->
                List.of(Upload.of(publish.layer().account(), publish.code()));
            case UpdateFunctionCode update
            when !update.dryRun() ->
                ImageDecisions.upload(update.function().account(), update.code()).stream()
                        .toList();
            case UpdateFunctionConfiguration update ->
                LayerDecisions.brought(
                        update.function(),
                        Objects.requireNonNullElse(update.change().layers(), List.of()));
            case UpdateFunctionCode _,
                    DeleteFunction _,
                    PublishVersion _,
                    PutFunctionEventInvokeConfig _,
                    UpdateFunctionEventInvokeConfig _,
                    DeleteFunctionEventInvokeConfig _,
                    PutFunctionConcurrency _,
                    DeleteFunctionConcurrency _,
                    CreateAlias _,
                    UpdateAlias _,
                    DeleteAlias _,
                    PutProvisionedConcurrency _,
                    DeleteProvisionedConcurrency _,
                    OfFunctionUrl _,
                    OfMapping _,
                    OfLayerVersion _,
                    ChangeScaling _,
                    ChangeSetting _,
                    ChangeTags _,
                    ChangeCodeSigningConfig _ -> List.of();
        };
    }

    private Outcome create(CreateFunction command, Instant now) {
        var arn = command.function();
        var earlier = state.remembered(arn).orElseGet(() -> new FunctionRecord(arn, command.tags()));
        if (state.function(arn).isPresent()) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "Function already exist: " + arn.name()); // Lambda's wording, grammar included.
        }
        var signing = codeSigning.attachedTo(arn, command.codeSigningConfig());
        var configuration = layers.withLayersChosen(arn, command.configuration());
        LayerDecisions.requireFit(configuration, command.code());
        requireRoom(arn, command.code().size() * (command.publish() ? 2 : 1));
        var deployment = new Deployment(earlier.retiredGenerations() + 1, configuration, command.code());
        var latest = new VersionRecord(latest(arn), deployment, null, now, revisionIds.get(), State.CREATING, null);
        var function = new FunctionRecord(
                arn, earlier.lastVersion(), null, earlier.retiredGenerations(), command.tags(), null, false);
        if (!command.publish()) {
            return Outcome.of(latest, with(signing, function));
        }
        var published = copyOf(latest, function, null, State.CREATING, null);
        return Outcome.of(published, with(signing, publishing(function, latest), latest));
    }

    private static RegistryRecord[] with(Optional<CodeSigningRecord> signing, RegistryRecord... others) {
        return Stream.concat(Stream.of(others), signing.stream()).toArray(RegistryRecord[]::new);
    }

    private Outcome updateCode(UpdateFunctionCode command, Instant now) {
        var function = required(command.function());
        var before = latestOf(function);
        requireRevision(before, command.revisionId());
        requireQuiet(before);
        ImageDecisions.requireSameKind(before, command.code());
        codeSigning.requireDeployable(command.function());
        requireRoom(
                command.function(),
                command.code().size() - before.requested().code().size());
        var configuration = before.requested().configuration();
        if (command.architectures() != null) {
            configuration = configuration.withArchitectures(command.architectures());
        }
        LayerDecisions.requireFit(configuration, command.code());
        if (command.dryRun()) {
            return Outcome.answering(withDeployment(before, configuration, command.code()));
        }
        var latest = updated(before, configuration, command.code(), now);
        if (!command.publish()) {
            return Outcome.of(latest);
        }
        var unchanged = lastPublished(function).filter(last -> isCopy(last, latest, function));
        if (unchanged.isPresent()) {
            return new Outcome(List.of(new Change.Recorded(latest)), new RegistryAnswer.Done(unchanged.get()));
        }
        requireRoom(
                command.function(),
                2 * command.code().size() - before.requested().code().size());
        var published = copyOf(latest, function, null, State.CREATING, null);
        return Outcome.of(published, publishing(function, latest), latest);
    }

    private Outcome updateConfiguration(UpdateFunctionConfiguration command, Instant now) {
        var before = latestOf(required(command.function()));
        requireRevision(before, command.revisionId());
        requireQuiet(before);
        var configuration = command.change().appliedTo(before.requested().configuration());
        if (command.change().layers() != null) { // Else they may have been deleted since they were chosen.
            configuration = layers.withLayersChosen(command.function(), configuration);
            LayerDecisions.requireFit(configuration, before.requested().code());
        }
        return Outcome.of(updated(before, configuration, before.requested().code(), now));
    }

    private Outcome publish(PublishVersion command) {
        var function = required(command.function());
        var latest = latestOf(function);
        requireRevision(latest, command.revisionId());
        requireCode(latest, command.codeSha256());
        requireQuiet(latest);
        var unchanged = lastPublished(function).filter(last -> isCopy(last, latest, function));
        if (unchanged.isPresent()) {
            return Outcome.answering(unchanged.get());
        }
        requireRoom(command.function(), latest.requested().code().size());
        boolean restorable = latest.requested().configuration().snapStart() != null;
        var published = copyOf(
                latest,
                function,
                command.description(),
                restorable ? State.CREATING : State.ACTIVE,
                restorable ? null : LastUpdate.SUCCESSFUL);
        return Outcome.of(published, publishing(function, latest), latest.withRevision(revisionIds.get()));
    }

    private Outcome delete(DeleteFunction command) {
        var function = required(command.function());
        return switch (command.version()) {
            case null -> deleteWhole(function);
            case Version.Latest _ ->
                throw new Refusal(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "$LATEST version cannot be deleted without deleting the function.");
            // Lambda answers alike, again and again, where there is no such version, or never was.
            case Version.Published number -> {
                requireNoAlias(command.function(), number);
                var gone = new ArrayList<RegistryRecord>();
                state.version(new VersionArn(command.function(), number)).ifPresent(gone::add);
                gone.addAll(state.settingsOf(command.function(), number.toString()));
                yield gone.isEmpty() ? Outcome.UNCHANGED : removal(gone, function);
            }
        };
    }

    private void requireNoAlias(FunctionArn function, Version version) {
        var names = state.aliases(function).stream()
                .filter(alias -> alias.pointsTo(version))
                .map(AliasRecord::name)
                .toList();
        if (!names.isEmpty()) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "Unable to delete version because the following aliases reference it: " + names);
        }
    }

    private Outcome deleteWhole(FunctionRecord function) {
        long generations = latestOf(function).requested().generation();
        var memory = new FunctionRecord(
                function.function(), function.lastVersion(), null, generations, Map.of(), null, true);
        return removal(state.partsOf(function.function()), memory);
    }

    /**
     * The function's record comes last, even where it says nothing new. Of a removal nothing is left once the topic has been cleaned up; had
     * it the account's highest number, a view that starts then would wait for that number in vain.
     */
    static Outcome removal(List<? extends RegistryRecord> gone, FunctionRecord function) {
        var changes = new ArrayList<Change>();
        gone.forEach(record -> changes.add(new Change.Removed(record)));
        changes.add(new Change.Recorded(function));
        return new Outcome(changes, RegistryAnswer.Done.WITHOUT_RECORD);
    }

    private Outcome putEventInvokeConfig(PutFunctionEventInvokeConfig command, Instant now) {
        requireQualifier(command.function(), command.qualifier());
        var unset = new EventInvokeConfigRecord(command.function(), command.qualifier(), now, null, null, null, null);
        return Outcome.of(command.change().appliedTo(unset, now));
    }

    private Outcome updateEventInvokeConfig(UpdateFunctionEventInvokeConfig command, Instant now) {
        requireQualifier(command.function(), command.qualifier());
        var before = requiredEventInvokeConfig(command.function(), command.qualifier());
        return Outcome.of(command.change().appliedTo(before, now));
    }

    private Outcome deleteEventInvokeConfig(DeleteFunctionEventInvokeConfig command) {
        var config = requiredEventInvokeConfig(command.function(), command.qualifier());
        return removal(List.of(config), required(command.function()));
    }

    private void requireQualifier(FunctionArn function, String qualifier) {
        if (state.function(function).isEmpty() || !state.hasQualifier(function, qualifier)) {
            throw new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "The function doesn't exist.");
        }
    }

    private EventInvokeConfigRecord requiredEventInvokeConfig(FunctionArn function, String qualifier) {
        return state.eventInvokeConfig(function, qualifier)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "The function " + function.qualified(qualifier) + " doesn't have an EventInvokeConfig"));
    }

    private Outcome putConcurrency(PutFunctionConcurrency command) {
        var arn = command.function();
        var function = state.function(arn)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "Function not found: " + latest(arn))); // Qualified, as Lambda has it.
        requireAtLeastProvisioned(arn, command.reserved());
        long allocated = (long) state.allocatedConcurrency(arn.account(), arn.region())
                - state.allocatedTo(arn)
                + command.reserved();
        if (quotas.concurrentExecutions() - allocated < quotas.leastUnreserved()) {
            throw new Refusal(
                    ErrorCode.TOO_LITTLE_UNRESERVED,
                    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                            + "below its minimum value of [" + quotas.leastUnreserved() + "].");
        }
        return Outcome.silent(reserving(function, command.reserved()));
    }

    private void requireAtLeastProvisioned(FunctionArn function, int reserved) {
        int provisioned = state.provisionedConcurrency(function);
        if (reserved < provisioned) {
            throw new Refusal(
                    ErrorCode.TOO_LITTLE_UNRESERVED,
                    " ReservedConcurrentExecutions  " + reserved
                            + " should not be lower than function's total provisioned concurrency [" + provisioned
                            + "]."); // Lambda's wording, blanks included.
        }
    }

    private Outcome deleteConcurrency(DeleteFunctionConcurrency command) {
        var function = required(command.function());
        return function.reservedConcurrency() == null ? Outcome.UNCHANGED : Outcome.silent(reserving(function, null));
    }

    private static FunctionRecord reserving(FunctionRecord function, @Nullable Integer reserved) {
        return new FunctionRecord(
                function.function(),
                function.lastVersion(),
                function.publishedDescription(),
                function.retiredGenerations(),
                function.tags(),
                reserved,
                function.deleted());
    }

    private VersionRecord updated(
            VersionRecord before, FunctionConfiguration configuration, FunctionCode code, Instant now) {
        return new VersionRecord(
                before.version(),
                new Deployment(before.requested().generation() + 1, configuration, code),
                before.requested(),
                now,
                revisionIds.get(),
                before.state(),
                LastUpdate.IN_PROGRESS);
    }

    private static VersionRecord withDeployment(
            VersionRecord before, FunctionConfiguration configuration, FunctionCode code) {
        return new VersionRecord(
                before.version(),
                new Deployment(before.requested().generation(), configuration, code),
                before.previous(),
                before.lastModified(),
                before.revisionId(),
                before.state(),
                before.lastUpdate());
    }

    /** The next version: what {@code $LATEST} is asked to be, under a number that was never used. */
    private VersionRecord copyOf(
            VersionRecord latest,
            FunctionRecord function,
            @Nullable String description,
            State state,
            @Nullable LastUpdate lastUpdate) {
        var source = latest.requested();
        var configuration = description == null
                ? source.configuration()
                : source.configuration().withDescription(description);
        return new VersionRecord(
                new VersionArn(function.function(), new Version.Published(function.lastVersion() + 1)),
                new Deployment(source.generation(), configuration, source.code()),
                null,
                latest.lastModified(),
                revisionIds.get(),
                state,
                lastUpdate);
    }

    /** The function's record once {@link #copyOf} has been recorded. */
    private static FunctionRecord publishing(FunctionRecord function, VersionRecord latest) {
        return new FunctionRecord(
                function.function(),
                function.lastVersion() + 1,
                latest.requested().configuration().description(),
                function.retiredGenerations(),
                function.tags(),
                function.reservedConcurrency(),
                function.deleted());
    }

    private Optional<VersionRecord> lastPublished(FunctionRecord function) {
        return function.lastVersion() == 0
                ? Optional.empty()
                : state.version(new VersionArn(function.function(), new Version.Published(function.lastVersion())));
    }

    /** Whether publishing again would say nothing new. A description that only the version was given is no difference. */
    private static boolean isCopy(VersionRecord last, VersionRecord latest, FunctionRecord function) {
        var published = last.requested();
        var current = latest.requested();
        var description = current.configuration().description();
        return published.code().sha256().equals(current.code().sha256())
                && description.equals(function.publishedDescription())
                && published.configuration().withDescription(description).equals(current.configuration());
    }

    private FunctionRecord required(FunctionArn function) {
        return required(state, function);
    }

    static FunctionRecord required(RegistryState state, FunctionArn function) {
        return state.function(function)
                .orElseThrow(() -> new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + function));
    }

    private VersionRecord latestOf(FunctionRecord function) {
        return state.version(latest(function.function()))
                .orElseThrow(() -> new IllegalStateException("a function without $LATEST: " + function.function()));
    }

    private static VersionArn latest(FunctionArn function) {
        return new VersionArn(function, new Version.Latest());
    }

    private static void requireRevision(VersionRecord version, @Nullable String revisionId) {
        requireRevision(version.revisionId(), revisionId);
    }

    /** @param wanted null where any will do */
    static void requireRevision(String current, @Nullable String wanted) {
        if (wanted != null && !wanted.equals(current)) {
            throw new Refusal(
                    ErrorCode.PRECONDITION_FAILED,
                    "The Revision Id provided does not match the latest Revision Id. "
                            + "Call the GetFunction/GetAlias API to retrieve the latest Revision Id");
        }
    }

    private static void requireCode(VersionRecord latest, @Nullable String codeSha256) {
        var current = latest.requested().code().shownSha256();
        if (codeSha256 != null && !codeSha256.equals(current)) {
            throw new Refusal(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "CodeSHA256 (" + codeSha256 + ") is different from current CodeSHA256 in $LATEST (" + current
                            + "). Please try again with the CodeSHA256 in $LATEST.");
        }
    }

    /** One change at a time: while a function is being created or updated, it cannot be changed again. */
    private static void requireQuiet(VersionRecord latest) {
        switch (latest.state().name()) {
            case Pending, Failed ->
                throw new Refusal(
                        ErrorCode.RESOURCE_CONFLICT,
                        "The operation cannot be performed at this time. The function is currently in the following state: "
                                + latest.state().name());
            case Active, Inactive -> {}
        }
        requireNoUpdate(latest);
    }

    static void requireNoUpdate(VersionRecord latest) {
        if (RegistryState.updating(latest)) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The operation cannot be performed at this time. An update is in progress for resource: "
                            + latest.version().function());
        }
    }

    private void requireRoom(FunctionArn function, long more) {
        requireRoom(state, function.account(), more);
    }

    static void requireRoom(RegistryState state, String account, long more) {
        if (more > 0 && state.codeBytes(account) + more > CODE_BYTES_PER_ACCOUNT) {
            throw new Refusal(ErrorCode.CODE_STORAGE_EXCEEDED, "Code storage limit exceeded.");
        }
    }

    /** Changes, and the answer that goes with them. */
    record Outcome(List<Change> changes, RegistryAnswer answer) {
        static final Outcome UNCHANGED = new Outcome(List.of(), RegistryAnswer.Done.WITHOUT_RECORD);

        /** The answered version and everything else that changes. Functions come before their versions, {@code $LATEST} before numbers. */
        static Outcome of(VersionRecord answered, RegistryRecord... others) {
            var changes = new ArrayList<Change>();
            for (var record : others) {
                changes.add(new Change.Recorded(record));
            }
            changes.add(new Change.Recorded(answered));
            return new Outcome(changes, new RegistryAnswer.Done(answered));
        }

        static Outcome of(AliasRecord answered) {
            return new Outcome(List.of(new Change.Recorded(answered)), RegistryAnswer.Done.with(answered));
        }

        static Outcome of(ProvisionedConcurrencyRecord answered) {
            return new Outcome(List.of(new Change.Recorded(answered)), RegistryAnswer.Done.with(answered));
        }

        static Outcome of(EventInvokeConfigRecord answered) {
            return new Outcome(List.of(new Change.Recorded(answered)), RegistryAnswer.Done.with(answered));
        }

        static Outcome of(FunctionUrlRecord answered) {
            return new Outcome(List.of(new Change.Recorded(answered)), RegistryAnswer.Done.with(answered));
        }

        static Outcome of(EventSourceMappingRecord answered) {
            return new Outcome(List.of(new Change.Recorded(answered)), RegistryAnswer.Done.with(answered));
        }

        static Outcome of(LayerVersionRecord answered) {
            return new Outcome(List.of(new Change.Recorded(answered)), RegistryAnswer.Done.with(answered));
        }

        /** The answered version, and its layer that comes before it. */
        static Outcome of(LayerVersionRecord answered, LayerRecord layer) {
            return new Outcome(
                    List.of(new Change.Recorded(layer), new Change.Recorded(answered)),
                    RegistryAnswer.Done.with(answered));
        }

        /** A change that is answered without showing it. */
        static Outcome silent(FunctionRecord changed) {
            return new Outcome(List.of(new Change.Recorded(changed)), RegistryAnswer.Done.WITHOUT_RECORD);
        }

        static Outcome answering(VersionRecord answered) {
            return new Outcome(List.of(), new RegistryAnswer.Done(answered));
        }
    }

    /** Ends deciding. Never leaves {@link #decide}. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient RegistryAnswer answer;

        Refusal(ErrorCode code, String message) {
            super(message, null, false, false);
            this.answer = new RegistryAnswer.Refused(code, message);
        }
    }
}
