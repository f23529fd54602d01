package io.kappa.router.registry;

import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodeSigningConfigRecord;
import io.kappa.contracts.registry.CodeSigningRecord;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.LayerRecord;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.contracts.registry.ScheduledActionRecord;
import io.kappa.contracts.registry.SettingRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.kit.streams.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the owner knows of its accounts: the records, and what follows from them. {@link #apply} is the only writer.
 *
 * <pre>
 *   record/ARN            as in registry.records
 *   account/ACCOUNT       number of its last record, and bytes of code that its versions and layers have
 *   code/UPLOAD           how many versions, of functions and of layers, use a stored package
 *   announced/UPLOAD      a package that no version uses yet, and until when it may stay
 *   transition/VERSION    versions that are being created or updated
 *   reserved/ACCOUNT/REGION  concurrency that is allocated to functions, together
 *   mapped/FUNCTION/MAPPING  event source mappings of a function
 *   consuming/ACCOUNT/GROUP/MAPPING  event source mappings that read Kafka as a consumer group
 *   scaled/ACCOUNT/TARGET  versions and aliases whose provisioned concurrency is scaled
 *   signed/CONFIG/FUNCTION  functions that are held to a code signing configuration
 *   use/VERSION            how much of what is provisioned was in use lately ({@link UseHistory})
 * </pre>
 *
 * All but the first can all be had from the records (packages merely announced excepted); they are kept so that no decision reads more than
 * it needs.
 */
final class RegistryState {
    private static final String RECORD = "record/";
    private static final String ACCOUNT = "account/";
    private static final String CODE = "code/";
    private static final String ANNOUNCED = "announced/";
    private static final String TRANSITION = "transition/";
    private static final String ALLOCATED = "reserved/"; // As it was called when nothing could be provisioned.
    private static final String MAPPED = "mapped/";
    private static final String CONSUMING = "consuming/";
    private static final String SCALED = "scaled/";
    private static final String SIGNED = "signed/";

    private static final RecordCodec<RegistryRecord> RECORDS = RecordCodec.of(RegistryRecord.class);
    private static final RecordCodec<AccountTotals> TOTALS = RecordCodec.of(AccountTotals.class);
    private static final RecordCodec<CodeUse> USES = RecordCodec.of(CodeUse.class);
    private static final RecordCodec<Announced> ANNOUNCEMENTS = RecordCodec.of(Announced.class);

    private static final RecordCodec<Allocated> ALLOCATIONS = RecordCodec.of(Allocated.class);

    private final Table table;

    record AccountTotals(long sequence, long codeBytes) {}

    record CodeUse(int versions) {}

    record Announced(Upload upload, Instant until) {}

    record Allocated(int executions) {}

    RegistryState(Table table) {
        this.table = table;
    }

    /** What routers have told of the use of provisioned concurrency, kept in the same table. */
    UseHistory useHistory() {
        return new UseHistory(table);
    }

    /** What is remembered of the name, also where the function has been deleted. */
    Optional<FunctionRecord> remembered(FunctionArn function) {
        return record(function.toString()).map(FunctionRecord.class::cast);
    }

    /** The function, where it exists. */
    Optional<FunctionRecord> function(FunctionArn function) {
        return remembered(function).filter(record -> !record.deleted());
    }

    Optional<VersionRecord> version(VersionArn version) {
        return record(version.toString()).map(VersionRecord.class::cast);
    }

    /** The versions that invocations may run: none where there is no such qualifier, two of an alias that divides them. */
    List<VersionRecord> versions(InvocationTarget target) {
        var function = target.function();
        return switch (record(target.qualifiedArn()).orElse(null)) {
            case VersionRecord version -> List.of(version);
            case AliasRecord alias ->
                alias.divided(0).keySet().stream()
                        .flatMap(version -> version(new VersionArn(function, version)).stream())
                        .toList();
            case null, default -> List.of();
        };
    }

    List<VersionRecord> versions(FunctionArn function) {
        return recordsOf(function, VersionRecord.class);
    }

    Optional<AliasRecord> alias(FunctionArn function, String name) {
        return record(AliasRecord.key(function, name)).map(AliasRecord.class::cast);
    }

    List<AliasRecord> aliases(FunctionArn function) {
        return recordsOf(function, AliasRecord.class);
    }

    Optional<ProvisionedConcurrencyRecord> provisioned(FunctionArn function, String qualifier) {
        return record(ProvisionedConcurrencyRecord.key(function, qualifier))
                .map(ProvisionedConcurrencyRecord.class::cast);
    }

    List<ProvisionedConcurrencyRecord> provisioned(FunctionArn function) {
        return recordsOf(function, ProvisionedConcurrencyRecord.class);
    }

    /** Whether there is such a version or alias. */
    boolean hasQualifier(FunctionArn function, String qualifier) {
        return table.get(RECORD + function.qualified(qualifier)) != null;
    }

    Optional<EventInvokeConfigRecord> eventInvokeConfig(FunctionArn function, String qualifier) {
        return record(EventInvokeConfigRecord.key(function, qualifier)).map(EventInvokeConfigRecord.class::cast);
    }

    List<EventInvokeConfigRecord> eventInvokeConfigs(FunctionArn function) {
        return recordsOf(function, EventInvokeConfigRecord.class);
    }

    Optional<FunctionUrlRecord> functionUrl(FunctionArn function, String qualifier) {
        return record(FunctionUrlRecord.key(function, qualifier)).map(FunctionUrlRecord.class::cast);
    }

    /** What is set for one qualifier of a function. */
    List<RegistryRecord> settingsOf(FunctionArn function, String qualifier) {
        return below(function.qualified(qualifier) + "#", RegistryRecord.class);
    }

    /** Everything of a function apart from its own record: its versions and aliases, and what is set for them and for the function. */
    List<RegistryRecord> partsOf(FunctionArn function) {
        var parts = below(function + "#", RegistryRecord.class);
        parts.addAll(recordsOf(function, RegistryRecord.class));
        return parts;
    }

    /** @param qualifier null for that of the function itself */
    Optional<PolicyRecord> policy(FunctionArn function, @Nullable String qualifier) {
        return record(PolicyRecord.key(function, qualifier)).map(PolicyRecord.class::cast);
    }

    /** The code signing configuration that a function is held to. */
    Optional<CodeSigningRecord> codeSigning(FunctionArn function) {
        return record(CodeSigningRecord.key(function)).map(CodeSigningRecord.class::cast);
    }

    /** The code signing configuration, unless there is none or it has been deleted. */
    Optional<CodeSigningConfigRecord> codeSigningConfig(CodeSigningConfigId id) {
        return record(id.toString()).map(CodeSigningConfigRecord.class::cast).filter(config -> !config.deleted());
    }

    /** All that the account has in the region of that one, and the one that was deleted last. */
    List<CodeSigningConfigRecord> codeSigningConfigs(CodeSigningConfigId one) {
        var prefix =
                one.toString().substring(0, one.toString().length() - one.id().length());
        return below(prefix, CodeSigningConfigRecord.class);
    }

    /** Whether any function is held to the configuration. */
    boolean holdsCode(CodeSigningConfigId config) {
        var held = new AtomicInteger();
        table.forEach(SIGNED + config + "/", (_, _) -> held.incrementAndGet());
        return held.get() > 0;
    }

    /** What is remembered of the layer's name. */
    Optional<LayerRecord> layer(LayerArn layer) {
        return record(layer.toString()).map(LayerRecord.class::cast);
    }

    Optional<LayerVersionRecord> layerVersion(LayerVersionArn version) {
        return record(version.toString()).map(LayerVersionRecord.class::cast);
    }

    Optional<EventSourceMappingRecord> mapping(MappingId mapping) {
        return record(mapping.toString()).map(EventSourceMappingRecord.class::cast);
    }

    /** The mappings that are for the function, whatever their qualifiers. */
    List<EventSourceMappingRecord> mappings(FunctionArn function) {
        return mappingsBelow(MAPPED + function + "/");
    }

    /** The mappings of Kafka sources that read as that consumer group. */
    List<EventSourceMappingRecord> consuming(String account, String consumerGroup) {
        return mappingsBelow(consumingPrefix(account, consumerGroup)).stream()
                .filter(mapping ->
                        mapping.consumerGroup().equals(consumerGroup)) // A group may have a slash in its name.
                .toList();
    }

    private List<EventSourceMappingRecord> mappingsBelow(String prefix) {
        var mappings = new ArrayList<EventSourceMappingRecord>();
        table.forEach(
                prefix,
                (key, _) -> mapping(MappingId.parse(key.substring(key.lastIndexOf('/') + 1)))
                        .ifPresent(mappings::add));
        return mappings;
    }

    private static String consumingPrefix(String account, String consumerGroup) {
        return CONSUMING + account + "/" + consumerGroup + "/";
    }

    Optional<ScalableTargetRecord> scalableTarget(FunctionArn function, String qualifier) {
        return record(ScalingRecord.targetKey(function, qualifier)).map(ScalableTargetRecord.class::cast);
    }

    /** How many versions and aliases of the account are scaled. */
    int countScalableTargets(String account) {
        var count = new AtomicInteger();
        table.forEach(SCALED + account + "/", (_, _) -> count.incrementAndGet());
        return count.get();
    }

    /** The versions and aliases of all accounts whose provisioned concurrency is scaled. */
    List<ScalableTargetRecord> scalableTargets() {
        var targets = new ArrayList<ScalableTargetRecord>();
        table.forEach(
                SCALED,
                (key, _) -> record(key.substring(key.indexOf('/', SCALED.length()) + 1))
                        .map(ScalableTargetRecord.class::cast)
                        .ifPresent(targets::add));
        return targets;
    }

    Optional<ScalingPolicyRecord> scalingPolicy(FunctionArn function, String qualifier, String name) {
        return record(ScalingRecord.policyKey(function, qualifier, name)).map(ScalingPolicyRecord.class::cast);
    }

    Optional<ScheduledActionRecord> scheduledAction(FunctionArn function, String qualifier, String name) {
        return record(ScalingRecord.actionKey(function, qualifier, name)).map(ScheduledActionRecord.class::cast);
    }

    /** What has lately been done with a target; nothing where there is none. */
    ScalingActivitiesRecord scalingActivities(FunctionArn function, String qualifier) {
        return record(ScalingRecord.activitiesKey(function, qualifier))
                .map(ScalingActivitiesRecord.class::cast)
                .orElseGet(() -> new ScalingActivitiesRecord(function, qualifier, List.of()));
    }

    /** Everything of one kind that Application Auto Scaling keeps of a qualifier. */
    <T extends ScalingRecord> List<T> scaling(FunctionArn function, String qualifier, Class<T> kind) {
        return below(function.qualified(qualifier) + "#", kind);
    }

    private <T extends RegistryRecord> List<T> below(String prefix, Class<T> kind) {
        var records = new ArrayList<T>();
        table.forEach(RECORD + prefix, (_, value) -> {
            var record = RECORDS.decode(value);
            if (kind.isInstance(record)) {
                records.add(kind.cast(record));
            }
        });
        return records;
    }

    /** Those about the function's qualifiers, of one kind. */
    private <T extends RegistryRecord> List<T> recordsOf(FunctionArn function, Class<T> kind) {
        return below(function + ":", kind);
    }

    /** Concurrency of the account and region that is allocated to functions, all together. */
    int allocatedConcurrency(String account, String region) {
        var allocated = table.get(allocatedKey(account, region));
        return allocated == null ? 0 : ALLOCATIONS.decode(allocated).executions();
    }

    /** Concurrency that no other function can have: what is reserved for this one, or else what is provisioned. */
    int allocatedTo(FunctionArn function) {
        var reserved = remembered(function).map(FunctionRecord::reservedConcurrency);
        return reserved.orElseGet(() -> provisionedConcurrency(function));
    }

    /** What is provisioned for all versions and aliases of the function together. */
    int provisionedConcurrency(FunctionArn function) {
        return provisioned(function).stream()
                .mapToInt(ProvisionedConcurrencyRecord::requested)
                .sum();
    }

    private static String allocatedKey(String account, String region) {
        return ALLOCATED + account + "/" + region;
    }

    private Optional<RegistryRecord> record(String key) {
        return Optional.ofNullable(table.get(RECORD + key)).map(RECORDS::decode);
    }

    /** Number of the account's last record; 0 where there is none. */
    long sequence(String account) {
        return totals(account).sequence();
    }

    /** Bytes of code that the account's versions of functions and layers have, each counted for itself. */
    long codeBytes(String account) {
        return totals(account).codeBytes();
    }

    private AccountTotals totals(String account) {
        var totals = table.get(ACCOUNT + account);
        return totals == null ? new AccountTotals(0, 0) : TOTALS.decode(totals);
    }

    /** Whether the package is stored, as far as anybody has said so. */
    boolean holds(Upload upload) {
        return uses(upload) > 0 || announced(upload);
    }

    private int uses(Upload upload) {
        var use = table.get(CODE + upload.key());
        return use == null ? 0 : USES.decode(use).versions();
    }

    private boolean announced(Upload upload) {
        return table.get(ANNOUNCED + upload.key()) != null;
    }

    /** Packages that were announced so long ago that no function is going to use them. */
    List<Upload> abandoned(Instant now) {
        var abandoned = new ArrayList<Upload>();
        table.forEach(ANNOUNCED, (_, value) -> {
            var announced = ANNOUNCEMENTS.decode(value);
            if (!announced.until().isAfter(now)) {
                abandoned.add(announced.upload());
            }
        });
        return abandoned;
    }

    /** The versions that are being created or updated. */
    List<VersionArn> inTransition() {
        var versions = new ArrayList<VersionArn>();
        table.forEach(TRANSITION, (key, _) -> versions.add(VersionArn.parse(key.substring(TRANSITION.length()))));
        return versions;
    }

    /**
     * The stored packages that no version uses any more once the changes are made.
     *
     * @param brought packages that came with the command, which go too where the changes do not use them
     */
    List<Upload> releasedBy(List<Change> changes, List<Upload> brought) {
        var difference = new LinkedHashMap<Upload, Integer>();
        brought.forEach(upload -> difference.put(upload, 0));
        for (var change : changes) {
            switch (change) {
                case Change.Recorded(var record) -> count(record.key(), record, difference);
                case Change.Removed(var record) -> count(record.key(), null, difference);
                case Change.UploadAnnounced _, Change.UploadReleased _ -> {}
            }
        }
        return difference.entrySet().stream()
                .filter(used -> uses(used.getKey()) + used.getValue() == 0 && holds(used.getKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void count(String key, @Nullable RegistryRecord after, Map<Upload, Integer> difference) {
        record(key).ifPresent(before -> uploads(before).forEach(upload -> difference.merge(upload, -1, Integer::sum)));
        if (after != null) {
            uploads(after).forEach(upload -> difference.merge(upload, 1, Integer::sum));
        }
    }

    /** Takes in one change that is recorded. */
    void apply(Change change) {
        switch (change) {
            case Change.Recorded(var record) -> replace(record, record);
            case Change.Removed(var record) -> replace(record, null);
            case Change.UploadAnnounced(var upload, var until) -> {
                if (uses(upload) == 0) {
                    table.put(ANNOUNCED + upload.key(), ANNOUNCEMENTS.encode(new Announced(upload, until)));
                }
            }
            case Change.UploadReleased(var upload) -> table.delete(ANNOUNCED + upload.key());
        }
    }

    /** @param named has the key and the account */
    private void replace(RegistryRecord named, @Nullable RegistryRecord after) {
        var key = named.key();
        var account = account(named);
        var before = record(key).orElse(null);
        if (after == null) {
            table.delete(RECORD + key);
        } else {
            table.put(RECORD + key, RECORDS.encode(after));
        }
        var totals = totals(account);
        table.put(
                ACCOUNT + account,
                TOTALS.encode(new AccountTotals(
                        totals.sequence() + 1, totals.codeBytes() + codeBytes(after) - codeBytes(before))));
        use(uploads(before), uploads(after));
        switch (named) {
            case FunctionRecord function -> allocate(function.function(), moreReserved(function, before, after));
            case ProvisionedConcurrencyRecord config ->
                allocate(config.function(), moreProvisioned(config, before, after));
            case VersionRecord _,
                    AliasRecord _,
                    EventInvokeConfigRecord _,
                    FunctionUrlRecord _,
                    EventSourceMappingRecord _,
                    LayerRecord _,
                    LayerVersionRecord _,
                    ScalingRecord _,
                    SettingRecord _,
                    CodeSigningConfigRecord _ -> {}
        }
        if (before instanceof EventSourceMappingRecord mapping) {
            indexKeys(mapping).forEach(table::delete);
        }
        if (after instanceof EventSourceMappingRecord mapping) {
            indexKeys(mapping).forEach(index -> table.put(index, new byte[0]));
        }
        if (before instanceof CodeSigningRecord signing) {
            table.delete(SIGNED + signing.config() + "/" + signing.function());
        }
        if (after instanceof CodeSigningRecord signing) {
            table.put(SIGNED + signing.config() + "/" + signing.function(), new byte[0]);
        }
        if (named instanceof ScalableTargetRecord target) {
            var index = SCALED + account + "/" + target.key();
            if (after == null) {
                table.delete(index);
            } else {
                table.put(index, new byte[0]);
            }
        }
        if (inTransition(after)) {
            table.put(TRANSITION + key, new byte[0]);
        } else if (inTransition(before)) {
            table.delete(TRANSITION + key);
        }
    }

    private void use(Set<Upload> before, Set<Upload> after) {
        for (var upload : after) {
            if (!before.contains(upload)) {
                table.put(CODE + upload.key(), USES.encode(new CodeUse(uses(upload) + 1)));
                table.delete(ANNOUNCED + upload.key());
            }
        }
        for (var upload : before) {
            if (!after.contains(upload)) {
                int left = uses(upload) - 1;
                if (left > 0) {
                    table.put(CODE + upload.key(), USES.encode(new CodeUse(left)));
                } else {
                    table.delete(CODE + upload.key());
                }
            }
        }
    }

    /** How much more is allocated to a function after its reservation has changed from one record to the other. */
    private int moreReserved(FunctionRecord named, @Nullable RegistryRecord before, @Nullable RegistryRecord after) {
        var from = reservedConcurrency(before);
        var to = reservedConcurrency(after);
        if (Objects.equals(from, to)) {
            return 0;
        }
        int provisioned = provisionedConcurrency(named.function());
        return Objects.requireNonNullElse(to, provisioned) - Objects.requireNonNullElse(from, provisioned);
    }

    /** How much more is allocated to a function after what is provisioned has changed: nothing where it has a reservation. */
    private int moreProvisioned(
            ProvisionedConcurrencyRecord named, @Nullable RegistryRecord before, @Nullable RegistryRecord after) {
        boolean reserved = remembered(named.function())
                .map(FunctionRecord::reservedConcurrency)
                .isPresent();
        return reserved ? 0 : requested(after) - requested(before);
    }

    private void allocate(FunctionArn function, int more) {
        if (more == 0) {
            return;
        }
        var key = allocatedKey(function.account(), function.region());
        int allocated = allocatedConcurrency(function.account(), function.region()) + more;
        if (allocated > 0) {
            table.put(key, ALLOCATIONS.encode(new Allocated(allocated)));
        } else {
            table.delete(key);
        }
    }

    private static List<String> indexKeys(EventSourceMappingRecord mapping) {
        var keys = new ArrayList<String>();
        keys.add(MAPPED + mapping.target().function() + "/" + mapping.id());
        switch (mapping.source()) {
            case SelfManagedKafka _, ManagedKafka _ ->
                keys.add(consumingPrefix(mapping.id().account(), mapping.consumerGroup()) + mapping.id());
            case Kinesis _, DynamoDb _, Queue _ -> {}
        }
        return keys;
    }

    private static String account(RegistryRecord record) {
        return switch (record) {
            case FunctionRecord function -> function.function().account();
            case VersionRecord version -> version.version().function().account();
            case AliasRecord alias -> alias.function().account();
            case ProvisionedConcurrencyRecord config -> config.function().account();
            case EventInvokeConfigRecord config -> config.function().account();
            case FunctionUrlRecord url -> url.function().account();
            case EventSourceMappingRecord mapping -> mapping.id().account();
            case LayerRecord layer -> layer.layer().account();
            case LayerVersionRecord layer -> layer.version().layer().account();
            case ScalingRecord scaling -> scaling.function().account();
            case SettingRecord setting -> setting.function().account();
            case CodeSigningConfigRecord config -> config.id().account();
        };
    }

    private static @Nullable Integer reservedConcurrency(@Nullable RegistryRecord record) {
        return record instanceof FunctionRecord function ? function.reservedConcurrency() : null;
    }

    private static int requested(@Nullable RegistryRecord record) {
        return record instanceof ProvisionedConcurrencyRecord config ? config.requested() : 0;
    }

    private static long codeBytes(@Nullable RegistryRecord record) {
        return switch (record) {
            case VersionRecord version -> version.requested().code().size();
            case LayerVersionRecord layer -> layer.code().size();
            case null, default -> 0;
        };
    }

    private static Set<Upload> uploads(@Nullable RegistryRecord record) {
        var uploads = new HashSet<Upload>();
        if (record instanceof VersionRecord version) {
            var account = version.version().function().account();
            addUploads(account, version.requested(), uploads);
            if (version.previous() != null) {
                addUploads(account, version.previous(), uploads);
            }
        }
        if (record instanceof LayerVersionRecord layer) {
            uploads.add(Upload.of(layer.version().layer().account(), layer.code()));
        }
        return uploads;
    }

    private static void addUploads(String account, Deployment deployment, Set<Upload> uploads) {
        ImageDecisions.upload(account, deployment.code()).ifPresent(uploads::add);
        deployment.configuration().layers().forEach(layer -> uploads.add(Upload.of(account, layer.code())));
    }

    private static boolean inTransition(@Nullable RegistryRecord record) {
        return record instanceof VersionRecord version
                && (version.state().name() == State.Name.Pending || updating(version))
                && !version.awaitsSnapshot();
    }

    static boolean updating(VersionRecord version) {
        return version.lastUpdate() != null && version.lastUpdate().status() == LastUpdate.Status.InProgress;
    }
}
