package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name for a version of a function, which may be pointed at another version at any time.
 *
 * @param name 1 to 128 letters, digits, hyphens and underscores, and not a number, so that it is never taken for a version
 * @param version that invocations through the alias run, apart from those that the additional version takes
 * @param description empty where there is none
 * @param additional a second version that takes a share of the invocations; null where there is none
 * @param revisionId changes with every change of this record
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AliasRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String name,
        Version version,
        String description,
        @Nullable Additional additional,
        String revisionId)
        implements RegistryRecord {
    private static final Pattern NAME = Pattern.compile("(?!\\d+$)[a-zA-Z0-9-_]{1,128}");

    /**
     * A version that takes a share of an alias's invocations.
     *
     * @param weight 0.0 to 1.0: the probability that an invocation runs this version rather than the alias's first
     */
    public record Additional(Version version, double weight) {
        public Additional {
            if (!(weight >= 0 && weight <= 1)) {
                throw new IllegalArgumentException("a weight is between 0 and 1, not " + weight);
            }
        }
    }

    public AliasRecord {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of an alias: '" + name + "'");
        }
    }

    public AliasRecord(
            FunctionArn function,
            String name,
            Version version,
            String description,
            @Nullable Additional additional,
            String revisionId) {
        this(1, function, name, version, description, additional, revisionId);
    }

    /** The key of the record of an alias, which is the alias's own ARN. */
    public static String key(FunctionArn function, String name) {
        return function.qualified(name);
    }

    @Override
    public String key() {
        return key(function, name);
    }

    /** The same under another revision. */
    public AliasRecord withRevision(String changed) {
        return new AliasRecord(function, name, version, description, additional, changed);
    }

    /** Whether some invocations through the alias may run that version. */
    public boolean pointsTo(Version candidate) {
        return version.equals(candidate)
                || (additional != null && additional.version().equals(candidate));
    }

    /**
     * The version that one invocation runs.
     *
     * @param draw at least 0 and less than 1, drawn anew for each invocation
     */
    public Version drawn(double draw) {
        return additional != null && draw < additional.weight() ? additional.version() : version;
    }

    /** Divides a number of execution environments among the alias's versions by their weights, to the nearest whole. */
    public NavigableMap<Version, Integer> divided(int environments) {
        var shares = new TreeMap<Version, Integer>();
        int ofAdditional = additional == null ? 0 : (int) Math.round(environments * additional.weight());
        if (additional != null) {
            shares.put(additional.version(), ofAdditional);
        }
        shares.merge(version, environments - ofAdditional, Integer::sum);
        return Collections.unmodifiableNavigableMap(shares);
    }
}
