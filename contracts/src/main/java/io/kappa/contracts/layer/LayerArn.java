package io.kappa.contracts.layer;

import java.util.Comparator;
import java.util.regex.Pattern;

/** Where a layer lives: region, account and name. Prints as the ARN, without a version. */
public record LayerArn(String region, String account, String name) implements Comparable<LayerArn> {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-_]{1,140}");
    private static final Pattern SYNTAX = Pattern.compile("arn:aws:lambda:([^:]+):(\\d{12}):layer:(" + NAME + ")");
    private static final Comparator<LayerArn> ORDER = Comparator.comparing(LayerArn::account)
            .thenComparing(LayerArn::region)
            .thenComparing(LayerArn::name);

    public LayerArn {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a layer: '" + name + "'");
        }
    }

    /** Whether the text is the ARN of a layer, without a version. */
    public static boolean isArn(String text) {
        return SYNTAX.matcher(text).matches();
    }

    /** @throws IllegalArgumentException where the text is not the ARN of a layer */
    public static LayerArn parse(String text) {
        var matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a layer ARN: '" + text + "'");
        }
        return new LayerArn(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    public LayerVersionArn version(long number) {
        return new LayerVersionArn(this, number);
    }

    /** Account by account and region by region, in the order of the names. */
    @Override
    public int compareTo(LayerArn other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "arn:aws:lambda:" + region + ":" + account + ":layer:" + name;
    }
}
