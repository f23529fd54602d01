package io.kappa.contracts.registry;

import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All functions as {@code registry.records} tells them, in memory. One thread calls {@link #apply}, in the order of the topic; any thread
 * reads. A reader that must see a change waits for the change's sequence number: each account's records carry rising numbers.
 */
public final class RegistryView {
    /** Header of every record: its number in the account's sequence, as decimal text. */
    public static final String SEQUENCE_HEADER = "kappa-sequence";

    private final RecordCodec<RegistryRecord> codec = RecordCodec.of(RegistryRecord.class);
    private final Map<FunctionArn, FunctionView> functions =
            new ConcurrentSkipListMap<>(java.util.Comparator.comparing(FunctionArn::account)
                    .thenComparing(FunctionArn::region)
                    .thenComparing(arn -> arn.name().value()));
    private final NavigableMap<String, EventSourceMappingRecord> mappings = new ConcurrentSkipListMap<>();
    private final NavigableMap<LayerVersionArn, LayerVersionRecord> layerVersions = new ConcurrentSkipListMap<>();
    private final FunctionUrls urls = new FunctionUrls();
    private final NavigableMap<String, ScalingRecord> scaling = new ConcurrentSkipListMap<>();
    private final NavigableMap<String, SettingRecord> settings = new ConcurrentSkipListMap<>();
    private final NavigableMap<String, CodeSigningConfigRecord> codeSigningConfigs = new ConcurrentSkipListMap<>();
    private final Map<String, Long> sequences = new ConcurrentHashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Consumer<FunctionArn>> followers = new CopyOnWriteArrayList<>();

    /**
     * A function, its versions and aliases, and what is set for each qualifier. Immutable: a change makes a new one.
     *
     * @param aliases by name
     * @param provisioned what is kept ready, by qualifier
     * @param eventInvokeConfigs what is set for asynchronous invocations, by qualifier
     */
    public record FunctionView(
            FunctionRecord function,
            NavigableMap<Version, VersionRecord> versions,
            NavigableMap<String, AliasRecord> aliases,
            NavigableMap<String, ProvisionedConcurrencyRecord> provisioned,
            NavigableMap<String, EventInvokeConfigRecord> eventInvokeConfigs) {

        /** A function of which nothing is known but the name. */
        static FunctionView of(FunctionArn function) {
            return new FunctionView(
                    new FunctionRecord(function, Map.of()),
                    Collections.emptyNavigableMap(),
                    Collections.emptyNavigableMap(),
                    Collections.emptyNavigableMap(),
                    Collections.emptyNavigableMap());
        }

        public Optional<VersionRecord> version(Version version) {
            return Optional.ofNullable(versions.get(version));
        }

        /** The version that a qualifier names; of an alias, its first. */
        public Optional<VersionRecord> versionOf(String qualifier) {
            var named = Version.isVersion(qualifier)
                    ? Version.named(qualifier)
                    : alias(qualifier).map(AliasRecord::version);
            return named.flatMap(this::version);
        }

        public Optional<AliasRecord> alias(String name) {
            return Optional.ofNullable(aliases.get(name));
        }

        public Optional<ProvisionedConcurrencyRecord> provisioned(String qualifier) {
            return Optional.ofNullable(provisioned.get(qualifier));
        }

        public Optional<EventInvokeConfigRecord> eventInvokeConfig(String qualifier) {
            return Optional.ofNullable(eventInvokeConfigs.get(qualifier));
        }

        /** Concurrency that no other function can have: what is reserved for this one, or else what is provisioned, all qualifiers together. */
        public int allocatedConcurrency() {
            var reserved = function.reservedConcurrency();
            return reserved != null
                    ? reserved
                    : provisioned.values().stream()
                            .mapToInt(ProvisionedConcurrencyRecord::requested)
                            .sum();
        }

        /**
         * How many execution environments are to be kept ready of which version: what is provisioned for the version itself or for an alias,
         * and of an alias with two versions, to each its share. Versions of which none are to be kept are left out.
         */
        public NavigableMap<Version, Integer> provisionedByVersion() {
            var environments = new TreeMap<Version, Integer>();
            provisioned
                    .values()
                    .forEach(config -> sharesOf(config).forEach((version, share) -> {
                        if (share > 0) {
                            environments.merge(version, share, Integer::sum);
                        }
                    }));
            return Collections.unmodifiableNavigableMap(environments);
        }

        /** How many execution environments of which version make up what is provisioned; none where its alias is gone. */
        public NavigableMap<Version, Integer> sharesOf(ProvisionedConcurrencyRecord config) {
            if (Version.isVersion(config.qualifier())) {
                return Collections.unmodifiableNavigableMap(
                        new TreeMap<>(Map.of(Version.parse(config.qualifier()), config.requested())));
            }
            return alias(config.qualifier())
                    .map(alias -> alias.divided(config.requested()))
                    .orElse(Collections.emptyNavigableMap());
        }

        FunctionView with(RegistryRecord record) {
            return switch (record) {
                case FunctionRecord changed ->
                    new FunctionView(changed, versions, aliases, provisioned, eventInvokeConfigs);
                case VersionRecord version ->
                    withVersions(with(versions, version.version().version(), version));
                case AliasRecord alias -> withAliases(with(aliases, alias.name(), alias));
                case ProvisionedConcurrencyRecord config ->
                    withProvisioned(with(provisioned, config.qualifier(), config));
                case EventInvokeConfigRecord config ->
                    withEventInvokeConfigs(with(eventInvokeConfigs, config.qualifier(), config));
                case EventSourceMappingRecord _,
                        LayerRecord _,
                        LayerVersionRecord _,
                        ScalingRecord _,
                        SettingRecord _,
                        CodeSigningConfigRecord _,
                        FunctionUrlRecord _ -> throw new IllegalStateException("not a part of a function");
            };
        }

        FunctionView without(RegistryKey key) {
            return switch (key) {
                case RegistryKey.OfVersion(var version) -> withVersions(without(versions, version.version()));
                case RegistryKey.OfAlias(var _, var name) -> withAliases(without(aliases, name));
                case RegistryKey.OfProvisionedConcurrency(var _, var qualifier) ->
                    withProvisioned(without(provisioned, qualifier));
                case RegistryKey.OfEventInvokeConfig(var _, var qualifier) ->
                    withEventInvokeConfigs(without(eventInvokeConfigs, qualifier));
                case RegistryKey.OfFunction _,
                        RegistryKey.OfEventSourceMapping _,
                        RegistryKey.OfLayer _,
                        RegistryKey.OfLayerVersion _,
                        RegistryKey.OfScaling _,
                        RegistryKey.OfSetting _,
                        RegistryKey.OfCodeSigningConfig _,
                        RegistryKey.OfFunctionUrl _ -> throw new IllegalStateException("not a part of a function");
            };
        }

        private FunctionView withVersions(NavigableMap<Version, VersionRecord> changed) {
            return new FunctionView(function, changed, aliases, provisioned, eventInvokeConfigs);
        }

        private FunctionView withAliases(NavigableMap<String, AliasRecord> changed) {
            return new FunctionView(function, versions, changed, provisioned, eventInvokeConfigs);
        }

        private FunctionView withProvisioned(NavigableMap<String, ProvisionedConcurrencyRecord> changed) {
            return new FunctionView(function, versions, aliases, changed, eventInvokeConfigs);
        }

        private FunctionView withEventInvokeConfigs(NavigableMap<String, EventInvokeConfigRecord> changed) {
            return new FunctionView(function, versions, aliases, provisioned, changed);
        }

        private static <K, V> NavigableMap<K, V> with(NavigableMap<K, V> before, K key, V value) {
            var changed = new TreeMap<>(before);
            changed.put(key, value);
            return Collections.unmodifiableNavigableMap(changed);
        }

        private static <K, V> NavigableMap<K, V> without(NavigableMap<K, V> before, K key) {
            var changed = new TreeMap<>(before);
            changed.remove(key);
            return Collections.unmodifiableNavigableMap(changed);
        }
    }

    private record Waiter(String account, long sequence, CompletableFuture<Void> reached) {}

    /**
     * Takes in one record of the topic.
     *
     * @param value null where the key is gone
     * @param headers by name
     */
    public void apply(String key, byte @Nullable [] value, Map<String, byte[]> headers) {
        var sequence = headers.get(SEQUENCE_HEADER);
        if (sequence == null) {
            throw new IllegalStateException("a record without " + SEQUENCE_HEADER + ": " + key);
        }
        apply(key, value, Long.parseLong(new String(sequence, StandardCharsets.UTF_8)));
    }

    /**
     * Takes in one record of the topic.
     *
     * @param value null where the key is gone
     * @param sequence of the record in its account
     */
    public void apply(String key, byte @Nullable [] value, long sequence) {
        var account = value == null ? remove(key) : put(codec.decode(value));
        reach(account, sequence);
    }

    private String remove(String key) {
        var gone = RegistryKey.parse(key);
        switch (gone) {
            case RegistryKey.OfVersion(var version) -> remove(version.function(), gone);
            case RegistryKey.OfAlias(var function, var _) -> remove(function, gone);
            case RegistryKey.OfProvisionedConcurrency(var function, var _) -> remove(function, gone);
            case RegistryKey.OfEventInvokeConfig(var function, var _) -> remove(function, gone);
            case RegistryKey.OfFunctionUrl _ -> urls.remove(key);
            case RegistryKey.OfEventSourceMapping(var mapping) -> mappings.remove(mapping.uuid());
            case RegistryKey.OfLayerVersion(var version) -> layerVersions.remove(version);
            case RegistryKey.OfScaling(var _, var record) -> scaling.remove(record);
            case RegistryKey.OfSetting(var _, var record) -> settings.remove(record);
            case RegistryKey.OfCodeSigningConfig(var config) -> codeSigningConfigs.remove(config.toString());
            case RegistryKey.OfFunction _, RegistryKey.OfLayer _ -> {} // What is remembered of a name is never removed.
        }
        return gone.account();
    }

    private void remove(FunctionArn function, RegistryKey gone) {
        functions.computeIfPresent(function, (_, before) -> before.without(gone));
        tellOf(function);
    }

    private String put(RegistryRecord record) {
        return switch (record) {
            case FunctionRecord changed -> put(changed.function(), record);
            case VersionRecord version -> put(version.version().function(), record);
            case AliasRecord alias -> put(alias.function(), record);
            case ProvisionedConcurrencyRecord config -> put(config.function(), record);
            case EventInvokeConfigRecord config -> put(config.function(), record);
            case FunctionUrlRecord url -> {
                urls.put(url);
                yield url.function().account();
            }
            case EventSourceMappingRecord mapping -> {
                mappings.put(mapping.id().uuid(), mapping);
                yield mapping.id().account();
            }
            case LayerRecord layer -> layer.layer().account(); // Of interest to the registry alone.
            case LayerVersionRecord layerVersion -> {
                layerVersions.put(layerVersion.version(), layerVersion);
                yield layerVersion.version().layer().account();
            }
            case ScalingRecord changed -> {
                scaling.put(changed.key(), changed);
                yield changed.function().account();
            }
            case SettingRecord changed -> {
                settings.put(changed.key(), changed);
                yield changed.function().account();
            }
            case CodeSigningConfigRecord config -> {
                codeSigningConfigs.put(config.key(), config);
                yield config.id().account();
            }
        };
    }

    private String put(FunctionArn function, RegistryRecord record) {
        functions.compute(function, (_, before) -> (before == null ? FunctionView.of(function) : before).with(record));
        tellOf(function);
        return function.account();
    }

    /**
     * Has somebody told of every function, those that are here already among them, and of each again whenever something of it has changed,
     * its versions, its aliases and what is set for them included, and before anybody who waits for the change hears of it. What it is now, the view tells. Called by several threads.
     */
    public void follow(Consumer<FunctionArn> follower) {
        followers.add(follower);
        functions.keySet().forEach(follower);
    }

    private void tellOf(FunctionArn function) {
        followers.forEach(follower -> follower.accept(function));
    }

    private void reach(String account, long sequence) {
        List<Waiter> served;
        synchronized (waiters) {
            sequences.merge(account, sequence, Math::max);
            served = waiters.stream()
                    .filter(waiter -> waiter.account().equals(account) && waiter.sequence() <= sequence)
                    .toList();
            waiters.removeAll(served);
        }
        served.forEach(waiter -> waiter.reached().complete(null));
    }

    /**
     * Completes once this view holds the account's change of that number; at once where it already does. Whoever no longer waits cancels
     * it.
     */
    public CompletionStage<Void> reached(String account, long sequence) {
        var reached = new CompletableFuture<Void>();
        synchronized (waiters) {
            if (sequences.getOrDefault(account, 0L) < sequence) {
                waiters.removeIf(waiter -> waiter.reached().isDone());
                waiters.add(new Waiter(account, sequence, reached));
                return reached;
            }
        }
        reached.complete(null);
        return reached;
    }

    /** The function of that name, unless there is none or it has been deleted. */
    public Optional<FunctionView> function(FunctionArn arn) {
        return Optional.ofNullable(functions.get(arn)).filter(RegistryView::exists);
    }

    public Optional<VersionRecord> version(VersionArn arn) {
        return function(arn.function()).flatMap(function -> function.version(arn.version()));
    }

    /** The account's functions in the order of their names. */
    public List<FunctionView> functions(String account, String region) {
        return functions.values().stream()
                .filter(RegistryView::exists)
                .filter(view -> view.function().function().account().equals(account)
                        && view.function().function().region().equals(region))
                .toList();
    }

    /** Everything, for those who keep something for each function. */
    public Collection<FunctionView> functions() {
        return functions.values().stream().filter(RegistryView::exists).toList();
    }

    /** The URL of that id, in lower case. */
    public Optional<FunctionUrlRecord> urlWithId(String urlId) {
        return urls.withId(urlId);
    }

    /** @param qualifier an alias or {@code $LATEST} */
    public Optional<FunctionUrlRecord> url(FunctionArn function, String qualifier) {
        return urls.of(function, qualifier);
    }

    /** The URLs of a function and of its aliases, in the order of their qualifiers. */
    public Collection<FunctionUrlRecord> urls(FunctionArn function) {
        return urls.of(function);
    }

    /** The event source mapping of that UUID, in lower case. */
    public Optional<EventSourceMappingRecord> mapping(String uuid) {
        return Optional.ofNullable(mappings.get(uuid));
    }

    /** All event source mappings, in the order of their UUIDs. */
    public Collection<EventSourceMappingRecord> mappings() {
        return Collections.unmodifiableCollection(mappings.values());
    }

    /** The version of a layer, unless there is none or it has been deleted. */
    public Optional<LayerVersionRecord> layerVersion(LayerVersionArn version) {
        return Optional.ofNullable(layerVersions.get(version));
    }

    /** All versions of all layers: layer by layer in the order of {@link LayerArn}, the oldest version first. */
    public Collection<LayerVersionRecord> layerVersions() {
        return Collections.unmodifiableCollection(layerVersions.values());
    }

    /** The versions of one layer, the newest first. */
    public List<LayerVersionRecord> layerVersions(LayerArn layer) {
        return List.copyOf(layerVersions
                .subMap(layer.version(1), true, layer.version(Long.MAX_VALUE), true)
                .descendingMap()
                .values());
    }

    /** What Application Auto Scaling keeps under that key. */
    public Optional<ScalingRecord> scaling(String key) {
        return Optional.ofNullable(scaling.get(key));
    }

    /** Everything of one kind that Application Auto Scaling keeps, in the order of the keys. */
    public <T extends ScalingRecord> List<T> scaling(Class<T> kind) {
        return scaling.values().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /**
     * The resource-based policy of a function, a version or an alias.
     *
     * @param qualifier null for that of the function itself
     */
    public Optional<PolicyRecord> policy(FunctionArn function, @Nullable String qualifier) {
        return Optional.ofNullable((PolicyRecord) settings.get(PolicyRecord.key(function, qualifier)));
    }

    /** What is done about loops of a function; {@code Terminate} unless it says otherwise. */
    public RecursionRecord.Loop recursiveLoop(FunctionArn function) {
        return settings.get(RecursionRecord.key(function)) instanceof RecursionRecord config
                ? config.recursiveLoop()
                : RecursionRecord.Loop.Terminate;
    }

    /**
     * When a version goes over to a newer runtime, where anything is set about it.
     *
     * @param qualifier {@code $LATEST} or a version number
     */
    public Optional<RuntimeManagementRecord> runtimeManagement(FunctionArn function, String qualifier) {
        return Optional.ofNullable(
                (RuntimeManagementRecord) settings.get(RuntimeManagementRecord.key(function, qualifier)));
    }

    /** The code signing configuration that a function is held to. */
    public Optional<CodeSigningRecord> codeSigning(FunctionArn function) {
        return Optional.ofNullable((CodeSigningRecord) settings.get(CodeSigningRecord.key(function)));
    }

    /** The functions that are held to a code signing configuration, in the order of their ARNs. */
    public List<FunctionArn> functionsHeldTo(CodeSigningConfigId config) {
        return settings.values().stream()
                .filter(setting -> setting instanceof CodeSigningRecord signing
                        && signing.config().equals(config))
                .map(SettingRecord::function)
                .toList();
    }

    /** The code signing configuration, unless there is none or it has been deleted. */
    public Optional<CodeSigningConfigRecord> codeSigningConfig(CodeSigningConfigId id) {
        return Optional.ofNullable(codeSigningConfigs.get(id.toString())).filter(config -> !config.deleted());
    }

    /** All code signing configurations, in the order of their ARNs. */
    public List<CodeSigningConfigRecord> codeSigningConfigs() {
        return codeSigningConfigs.values().stream()
                .filter(config -> !config.deleted())
                .toList();
    }

    private static boolean exists(FunctionView view) {
        return !view.function().deleted() && view.versions().containsKey(new Version.Latest());
    }

    /** Convenience for those who have a name rather than an ARN. */
    public Optional<FunctionView> function(String region, String account, FunctionName name) {
        return function(new FunctionArn(region, account, name));
    }
}
