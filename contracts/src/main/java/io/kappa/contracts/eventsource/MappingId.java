package io.kappa.contracts.eventsource;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/** Where an event source mapping lives: region, account and its UUID in lower case. Prints as the mapping's ARN. */
public record MappingId(String region, String account, String uuid) {
    private static final Pattern SYNTAX =
            Pattern.compile("arn:aws:lambda:([^:]+):(\\d{12}):event-source-mapping:([0-9a-f-]{36})");

    public MappingId {
        if (!UUID.fromString(uuid).toString().equals(uuid)) {
            throw new IllegalArgumentException("not a mapping's UUID: '" + uuid + "'");
        }
    }

    /** @throws IllegalArgumentException where the text is not the ARN of an event source mapping */
    public static MappingId parse(String arn) {
        var matcher = SYNTAX.matcher(arn);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not the ARN of an event source mapping: '" + arn + "'");
        }
        return new MappingId(
                matcher.group(1), matcher.group(2), matcher.group(3).toLowerCase(Locale.ROOT));
    }

    /** Whether the text is the ARN of an event source mapping, by its looks. */
    public static boolean isArn(String text) {
        return SYNTAX.matcher(text).matches();
    }

    @Override
    public String toString() {
        return "arn:aws:lambda:" + region + ":" + account + ":event-source-mapping:" + uuid;
    }
}
