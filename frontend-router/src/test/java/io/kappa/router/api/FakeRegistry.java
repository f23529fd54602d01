package io.kappa.router.api;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.CodeSigningRecord;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.EventInvokeChange;
import io.kappa.router.registry.PackageBytes;
import io.kappa.router.registry.RealOwner;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryAnswer.Done;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A registry in memory that makes every change it is asked for, at once and without transitions. Enough to see what the API asks of a
 * registry and makes of its answers; the rules of the real one are tested with the real one. Those of scaling, of layers, and of what is kept
 * beside functions, are the real ones.
 */
final class FakeRegistry implements Registry {
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");

    final List<RegistryCommand> asked = new CopyOnWriteArrayList<>();

    /** How much of packages can be read: 0 for nothing, 1 for a first part and not the rest, 2 for all. */
    volatile int readable = 2;

    private final RegistryView view = new RegistryView();
    private final RecordCodec<RegistryRecord> codec = RecordCodec.of(RegistryRecord.class);
    private final Map<String, byte[]> packages = new ConcurrentHashMap<>();
    private final RealOwner owner = new RealOwner();
    private long sequence;
    private volatile boolean refusesReservations;
    private State stateOfNewFunctions = State.ACTIVE;

    /** Leaves functions made from now on in that state. */
    void makeFunctions(State state) {
        stateOfNewFunctions = state;
    }

    /** Finds from now on that too much is reserved or provisioned already. */
    void refuseReservations() {
        refusesReservations = true;
    }

    @Override
    public RegistryView view() {
        return view;
    }

    @Override
    public CompletionStage<RegistryAnswer> submit(RegistryCommand command) {
        return CompletableFuture.completedFuture(decide(command));
    }

    @Override
    public CompletionStage<RegistryAnswer> submitWithCode(
            String account, PackageBytes zip, Function<CodePackage, RegistryCommand> command) {
        return store(zip).thenCompose(code -> submit(command.apply(code)));
    }

    CompletionStage<CodePackage> store(PackageBytes zip) {
        try (var bytes = Channels.newInputStream(zip.open())) {
            var sha256 = zip.sha256();
            packages.put(sha256, bytes.readAllBytes());
            return CompletableFuture.completedFuture(new CodePackage(sha256, "upload", zip.size(), 0, List.of(0L)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletionStage<CodePackage> copy(CodePackage code, String account) {
        return CompletableFuture.completedFuture(code);
    }

    @Override
    public CompletionStage<Void> fetch(CodePackage code, Consumer<byte[]> sink) {
        if (readable > 0) {
            sink.accept(Objects.requireNonNull(packages.get(code.sha256())));
        }
        return readable > 1
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new IllegalStateException("the rest is gone"));
    }

    private synchronized RegistryAnswer decide(RegistryCommand command) {
        asked.add(command);
        return switch (command) {
            case RegistryCommand.CreateFunction create -> create(create);
            case RegistryCommand.UpdateFunctionCode update -> {
                var before = latest(update.function());
                var after = new Deployment(
                        before.requested().generation() + 1, before.requested().configuration(), update.code());
                yield update.dryRun()
                        ? new Done(record(before.version(), after, State.ACTIVE, LastUpdate.SUCCESSFUL))
                        : changed(before, after);
            }
            case RegistryCommand.UpdateFunctionConfiguration update -> {
                var before = latest(update.function());
                yield changed(
                        before,
                        new Deployment(
                                before.requested().generation() + 1,
                                update.change().appliedTo(before.requested().configuration()),
                                before.requested().code()));
            }
            case RegistryCommand.PublishVersion publish ->
                new Done(publish(publish.function(), latest(publish.function()).requested()));
            case RegistryCommand.DeleteFunction delete -> delete(delete);
            case RegistryCommand.PutFunctionEventInvokeConfig put ->
                configured(put.function(), put.qualifier(), put.change());
            case RegistryCommand.UpdateFunctionEventInvokeConfig update ->
                configured(update.function(), update.qualifier(), update.change());
            case RegistryCommand.DeleteFunctionEventInvokeConfig delete ->
                gone(EventInvokeConfigRecord.key(delete.function(), delete.qualifier()));
            case RegistryCommand.PutFunctionConcurrency put -> reserve(put.function(), put.reserved());
            case RegistryCommand.DeleteFunctionConcurrency delete -> reserve(delete.function(), null);
            case RegistryCommand.CreateAlias create ->
                pointed(
                        create.function(),
                        create.name(),
                        create.version(),
                        create.description(),
                        create.additional().stream().findFirst().orElse(null));
            case RegistryCommand.UpdateAlias update -> {
                var before = view.function(update.function())
                        .flatMap(function -> function.alias(update.name()))
                        .orElseThrow();
                var change = update.change();
                yield pointed(
                        update.function(),
                        update.name(),
                        Objects.requireNonNullElse(change.version(), before.version()),
                        Objects.requireNonNullElse(change.description(), before.description()),
                        change.additional() == null
                                ? before.additional()
                                : change.additional().stream().findFirst().orElse(null));
            }
            case RegistryCommand.DeleteAlias delete -> gone(AliasRecord.key(delete.function(), delete.name()));
            case RegistryCommand.PutProvisionedConcurrency put -> provision(put);
            case RegistryCommand.DeleteProvisionedConcurrency delete ->
                gone(ProvisionedConcurrencyRecord.key(delete.function(), delete.qualifier()));
            case RegistryCommand.CreateFunctionUrl create ->
                reachable(new FunctionUrlRecord(
                        create.function(),
                        create.qualifier(),
                        create.urlId(),
                        create.authType(),
                        create.invokeMode(),
                        create.cors(),
                        NOON,
                        NOON));
            case RegistryCommand.UpdateFunctionUrl update ->
                reachable(update.change()
                        .appliedTo(
                                view.url(update.function(), update.qualifier()).orElseThrow(), NOON.plusSeconds(1)));
            case RegistryCommand.DeleteFunctionUrl delete ->
                gone(FunctionUrlRecord.key(delete.function(), delete.qualifier()));
            case RegistryCommand.CreateEventSourceMapping create -> map(create);
            case RegistryCommand.UpdateEventSourceMapping update ->
                Done.with(view.mapping(update.mapping().uuid()).orElseThrow());
            case RegistryCommand.OfLayer _,
                    RegistryCommand.ChangeScaling _,
                    RegistryCommand.ChangeSetting _,
                    RegistryCommand.ChangeTags _,
                    RegistryCommand.ChangeCodeSigningConfig _ ->
                owner.decide(command, NOON, this::show, record -> gone(record.key()));
            case RegistryCommand.DeleteEventSourceMapping delete -> {
                var gone = view.mapping(delete.mapping().uuid()).orElseThrow();
                view.apply(gone.key(), null, ++sequence);
                yield Done.with(gone);
            }
        };
    }

    private RegistryAnswer create(RegistryCommand.CreateFunction create) {
        var deployment = new Deployment(1, create.configuration(), create.code());
        var arn = new VersionArn(create.function(), new Version.Latest());
        apply(new FunctionRecord(create.function(), create.tags()));
        apply(record(arn, deployment, stateOfNewFunctions, LastUpdate.SUCCESSFUL));
        if (create.codeSigningConfig() != null) {
            apply(new CodeSigningRecord(create.function(), create.codeSigningConfig()));
        }
        if (create.publish()) {
            return new Done(publish(create.function(), deployment));
        }
        return new Done(new VersionRecord(arn, deployment, null, NOON, "revision-1", State.CREATING, null));
    }

    private Done changed(VersionRecord before, Deployment deployment) {
        apply(record(before.version(), deployment, State.ACTIVE, LastUpdate.SUCCESSFUL));
        return new Done(record(before.version(), deployment, State.ACTIVE, LastUpdate.IN_PROGRESS));
    }

    private VersionRecord publish(FunctionArn function, Deployment deployment) {
        long number = view.function(function).orElseThrow().versions().size();
        var published = record(
                new VersionArn(function, new Version.Published(number)),
                deployment,
                State.ACTIVE,
                LastUpdate.SUCCESSFUL);
        apply(published);
        return published;
    }

    private RegistryAnswer delete(RegistryCommand.DeleteFunction delete) {
        if (delete.version() == null) {
            apply(new FunctionRecord(delete.function(), 0, null, 0, Map.of(), null, true));
        } else if (delete.version().equals(new Version.Published(999))) {
            return new RegistryAnswer.Refused(ErrorCode.RESOURCE_CONFLICT, "held by an alias");
        } else {
            view.apply(new VersionArn(delete.function(), delete.version()).toString(), null, ++sequence);
        }
        return new Done(null);
    }

    /** Neither merges nor replaces: the real registry's rules are tested with the real one. */
    private Done configured(FunctionArn function, String qualifier, EventInvokeChange change) {
        var config = new EventInvokeConfigRecord(
                function,
                qualifier,
                NOON,
                change.maximumRetryAttempts(),
                change.maximumEventAgeInSeconds(),
                change.onSuccess(),
                change.onFailure());
        apply(config);
        return Done.with(config);
    }

    /** Knows none of the rules that aliases are held to. */
    private Done pointed(
            FunctionArn function,
            String name,
            Version version,
            String description,
            AliasRecord.@Nullable Additional additional) {
        var alias = new AliasRecord(function, name, version, description, additional, "revision-" + (sequence + 1));
        apply(alias);
        return Done.with(alias);
    }

    private RegistryAnswer provision(RegistryCommand.PutProvisionedConcurrency put) {
        if (refusesReservations) {
            return new RegistryAnswer.Refused(ErrorCode.TOO_LITTLE_UNRESERVED, "too little");
        }
        var config = new ProvisionedConcurrencyRecord(put.function(), put.qualifier(), put.executions(), NOON);
        apply(config);
        return Done.with(config);
    }

    /** Knows none of the rules that URLs are held to. */
    private Done reachable(FunctionUrlRecord url) {
        apply(url);
        return Done.with(url);
    }

    private Done gone(String key) {
        view.apply(key, null, ++sequence);
        return new Done(null);
    }

    private RegistryAnswer reserve(FunctionArn function, @Nullable Integer executions) {
        if (refusesReservations) {
            return new RegistryAnswer.Refused(ErrorCode.TOO_LITTLE_UNRESERVED, "too little");
        }
        apply(new FunctionRecord(function, 0, null, 0, Map.of(), executions, false));
        return new Done(null);
    }

    /** Finds nothing of other mappings, and leaves the new one in the state that it begins with. */
    private RegistryAnswer map(RegistryCommand.CreateEventSourceMapping create) {
        boolean queue = create.source() instanceof EventSource.Queue;
        var mapping = new EventSourceMappingRecord(
                create.mapping(),
                1,
                create.target(),
                create.source(),
                create.access(),
                create.consumerGroup(),
                create.enabled(),
                create.enabled() ? EventSourceMappingRecord.State.Creating : EventSourceMappingRecord.State.Disabled,
                queue ? "USER_INITIATED" : "User action",
                NOON,
                queue ? null : MappingReport.NOTHING_PROCESSED,
                create.options(),
                create.tags());
        apply(mapping);
        return Done.with(mapping);
    }

    private VersionRecord latest(FunctionArn function) {
        return view.version(new VersionArn(function, new Version.Latest())).orElseThrow();
    }

    private VersionRecord record(VersionArn arn, Deployment deployment, State state, LastUpdate update) {
        return new VersionRecord(arn, deployment, null, NOON, "revision-" + (sequence + 1), state, update);
    }

    private void apply(RegistryRecord record) {
        owner.learn(record);
        show(record);
    }

    private void show(RegistryRecord record) {
        view.apply(record.key(), codec.encode(record), ++sequence);
    }
}
