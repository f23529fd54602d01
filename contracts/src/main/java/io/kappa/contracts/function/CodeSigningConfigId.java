package io.kappa.contracts.function;

import java.util.regex.Pattern;

/** Where a code signing configuration lives: region, account and an id that Lambda makes up. Prints as its ARN. */
public record CodeSigningConfigId(String region, String account, String id) {
    private static final Pattern SYNTAX =
            Pattern.compile("arn:aws:lambda:([^:]+):(\\d{12}):code-signing-config:(csc-[a-z0-9]{17})");

    /** @throws IllegalArgumentException where the text is not the ARN of a code signing configuration */
    public static CodeSigningConfigId parse(String arn) {
        var matcher = SYNTAX.matcher(arn);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not the ARN of a code signing configuration: '" + arn + "'");
        }
        return new CodeSigningConfigId(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    /** Whether the text is the ARN of a code signing configuration, by its looks. */
    public static boolean isArn(String text) {
        return SYNTAX.matcher(text).matches();
    }

    @Override
    public String toString() {
        return "arn:aws:lambda:" + region + ":" + account + ":code-signing-config:" + id;
    }
}
