package io.kappa.contracts.layer;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** One version of one layer, which never changes. Prints as the ARN with the version; key of its record. */
public record LayerVersionArn(LayerArn layer, long version) implements Comparable<LayerVersionArn> {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Comparator<LayerVersionArn> ORDER =
            Comparator.comparing(LayerVersionArn::layer).thenComparingLong(LayerVersionArn::version);

    public LayerVersionArn {
        if (version < 1) {
            throw new IllegalArgumentException("versions of layers count from 1, and " + version + " is none");
        }
    }

    /** The version that a text names; empty where no version can have it for its ARN. */
    public static Optional<LayerVersionArn> named(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !LayerArn.isArn(text.substring(0, colon))) {
            return Optional.empty();
        }
        var number = text.substring(colon + 1);
        return VERSION.matcher(number).matches()
                ? Optional.of(LayerArn.parse(text.substring(0, colon)).version(Long.parseLong(number)))
                : Optional.empty();
    }

    /** @throws IllegalArgumentException where the text is not the ARN of a version of a layer */
    public static LayerVersionArn parse(String text) {
        return named(text).orElseThrow(() -> new IllegalArgumentException("not a layer version ARN: '" + text + "'"));
    }

    /** Layer by layer, the oldest version first. */
    @Override
    public int compareTo(LayerVersionArn other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return layer + ":" + version;
    }
}
