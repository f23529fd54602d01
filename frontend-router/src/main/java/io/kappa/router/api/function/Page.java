package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodeSigningConfigRecord;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive items of a longer list. The marker says where the page ended rather than how many came before it, so what is made or
 * deleted in between shifts nothing.
 *
 * @param nextMarker null on the last page
 */
public record Page<T>(List<T> items, @Nullable String nextMarker) {
    /** As many as Lambda returns, whatever {@code MaxItems} asks for. */
    private static final int MOST = 50;

    private static final int MOST_MAPPINGS = 100;

    /** Where a version stands in a list that is ordered by name and then by version. */
    private record Position(String name, Version version) implements Comparable<Position> {
        private static final Comparator<Position> ORDER =
                Comparator.comparing(Position::name).thenComparing(Position::version);

        static Position of(VersionRecord version) {
            return new Position(
                    version.version().function().name().value(),
                    version.version().version());
        }

        static Position parse(String text) {
            int colon = text.indexOf(':');
            return new Position(text.substring(0, colon), Version.parse(text.substring(colon + 1)));
        }

        @Override
        public int compareTo(Position other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return name + ":" + version;
        }
    }

    /** @param all ordered by name and then by version */
    static Page<VersionRecord> ofVersions(
            Stream<VersionRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, Position::of, Position::parse, marker, maxItems, MOST);
    }

    /** @param all ordered by name */
    static Page<AliasRecord> ofAliases(Stream<AliasRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, AliasRecord::name, Function.identity(), marker, maxItems, MOST);
    }

    /** @param all ordered by qualifier */
    static Page<ProvisionedConcurrencyRecord> ofProvisioned(
            Stream<ProvisionedConcurrencyRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, ProvisionedConcurrencyRecord::qualifier, Function.identity(), marker, maxItems, MOST);
    }

    /** @param all ordered by qualifier */
    static Page<EventInvokeConfigRecord> ofConfigs(
            Stream<EventInvokeConfigRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, EventInvokeConfigRecord::qualifier, Function.identity(), marker, maxItems, MOST);
    }

    /** @param all ordered by qualifier */
    public static Page<FunctionUrlRecord> ofUrls(
            Stream<FunctionUrlRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, FunctionUrlRecord::qualifier, Function.identity(), marker, maxItems, MOST);
    }

    /** @param all ordered by UUID */
    public static Page<EventSourceMappingRecord> ofMappings(
            Stream<EventSourceMappingRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, mapping -> mapping.id().uuid(), Function.identity(), marker, maxItems, MOST_MAPPINGS);
    }

    /** @param all ordered by ARN */
    static Page<CodeSigningConfigRecord> ofSigningConfigs(
            Stream<CodeSigningConfigRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, CodeSigningConfigRecord::key, Function.identity(), marker, maxItems, MOST);
    }

    /** @param all ordered by ARN */
    static Page<FunctionArn> ofFunctions(Stream<FunctionArn> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, FunctionArn::toString, Function.identity(), marker, maxItems, MOST);
    }

    /** @param all one of each layer, ordered by the layers' names */
    public static Page<LayerVersionRecord> ofLayers(
            Stream<LayerVersionRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, version -> version.version().layer().name(), Function.identity(), marker, maxItems, MOST);
    }

    /** @param all of one layer, the newest first */
    public static Page<LayerVersionRecord> ofLayerVersions(
            Stream<LayerVersionRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        return of(all, version -> -version.version().version(), Long::valueOf, marker, maxItems, MOST);
    }

    /** @param parse makes a position of its text */
    private static <T, P extends Comparable<P>> Page<T> of(
            Stream<T> all,
            Function<T, P> position,
            Function<String, P> parse,
            @Nullable String marker,
            @Nullable Integer maxItems,
            int mostItems) {
        int most = maxItems == null ? mostItems : Math.min(maxItems, mostItems);
        var from = marker == null || marker.isEmpty() ? null : position(marker, parse);
        var found = all.filter(item -> from == null || position.apply(item).compareTo(from) > 0)
                .limit(most + 1L)
                .toList();
        return found.size() <= most
                ? new Page<>(found, null)
                : new Page<>(
                        found.subList(0, most),
                        marker(position.apply(found.get(most - 1)).toString()));
    }

    private static String marker(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    private static <P> P position(String marker, Function<String, P> parse) {
        try {
            return parse.apply(new String(Base64.getUrlDecoder().decode(marker), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, "Invalid marker: " + marker);
        }
    }
}
