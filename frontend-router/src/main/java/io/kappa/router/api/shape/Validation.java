package io.kappa.router.api.shape;

import io.kappa.router.api.shape.Shape.Anything;
import io.kappa.router.api.shape.Shape.Bytes;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Listing;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Moment;
import io.kappa.router.api.shape.Shape.Real;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import io.kappa.router.api.shape.Shape.Whole;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The generic layer of Lambda's validation: every constraint of the service model that a request breaks, in one message, before any rule of
 * the service is looked at. Clients and infrastructure tools compare these texts, so they are AWS's to the letter.
 */
final class Validation {
    /** Texts longer than any bounded one are not put to a regular expression: they fail by their length. */
    private static final int LONGEST_MATCHED = 4096;

    private static final int LONGEST_SHOWN = 1024;

    private final List<String> violations = new ArrayList<>();

    private Validation() {}

    /** @throws LambdaApiException naming every violation, where there are any */
    static void check(Structure shape, Input input) {
        var validation = new Validation();
        validation.checkMembers(shape, input, "");
        int count = validation.violations.size();
        if (count > 0) {
            throw new LambdaApiException(
                    ErrorCode.VALIDATION,
                    count
                            + (count == 1 ? " validation error detected: " : " validation errors detected: ")
                            + String.join("; ", validation.violations));
        }
    }

    private void checkMembers(Structure shape, Input input, String prefix) {
        for (var member : shape.members()) {
            var path = prefix + lowerCamelCase(member.name());
            var value = input.value(member.name());
            if (value != null) {
                checkValue(member.shape(), value, path);
            } else if (member.required()) {
                violations.add("Value null at '" + path + "' failed to satisfy constraint: Member must not be null");
            }
        }
    }

    private void checkValue(Shape shape, Object value, String path) {
        switch (shape) {
            case Text text -> broken(text, (String) value).forEach(phrase -> violate(value, path, phrase));
            case Whole whole -> broken(whole, (Long) value).forEach(phrase -> violate(value, path, phrase));
            case Listing listing -> checkList(listing, (List<?>) value, path);
            case Mapping mapping -> checkMap(mapping, (Map<?, ?>) value, path);
            case Structure structure -> checkMembers(structure, (Input) value, path + ".");
            case Real real -> broken(real, (Double) value).forEach(phrase -> violate(value, path, phrase));
            case Flag _, Bytes _, Moment _, Anything _ -> {
                // Nothing to break: their type was all.
            }
        }
    }

    private void checkList(Listing shape, List<?> list, String path) {
        if (list.size() > shape.maximum()) {
            violate(list, path, "Member must have length less than or equal to " + shape.maximum());
        }
        if (list.size() < shape.minimum()) {
            violate(list, path, "Member must have length greater than or equal to " + shape.minimum());
        }
        switch (shape.member()) {
            case Text text -> {
                if (list.stream().anyMatch(member -> isBroken(text, (String) member))) {
                    violate(list, path, "Member must satisfy constraint: " + all(text));
                }
            }
            case Structure structure -> checkStructures(structure, list, path);
            case Shape other -> throw new IllegalStateException("no lists are made of " + other);
        }
    }

    private void checkStructures(Structure shape, List<?> list, String path) {
        for (int i = 0; i < list.size(); i++) {
            var member = path + "." + (i + 1) + ".member";
            if (list.get(i) instanceof Input input) {
                checkMembers(shape, input, member + ".");
            } else {
                violations.add("Value null at '" + member + "' failed to satisfy constraint: Member must not be null");
            }
        }
    }

    private void checkMap(Mapping shape, Map<?, ?> map, String path) {
        if (map.keySet().stream().anyMatch(key -> isBroken(shape.key(), (String) key))) {
            violate(map, path, "Map keys must satisfy constraint: " + all(shape.key()));
        }
        switch (shape.value()) {
            case Text text -> {
                if (map.values().stream().anyMatch(value -> isBroken(text, (String) value))) {
                    violate(map, path, "Map value must satisfy constraint: " + all(text));
                }
            }
            case Real real -> {
                if (map.values().stream().anyMatch(value -> isBroken(real, (Double) value))) {
                    violate(map, path, "Map value must satisfy constraint: " + all(real));
                }
            }
            case Shape other -> throw new IllegalStateException("no maps are made of " + other);
        }
    }

    private void violate(Object value, String path, String phrase) {
        violations.add("Value '" + shown(value) + "' at '" + path + "' failed to satisfy constraint: " + phrase);
    }

    private static boolean isBroken(Text shape, @Nullable String value) {
        return value == null || !broken(shape, value).isEmpty();
    }

    private static boolean isBroken(Real shape, @Nullable Double value) {
        return value == null || !broken(shape, value).isEmpty();
    }

    /** One phrase for each constraint that the text breaks, in the order in which AWS names them. */
    private static List<String> broken(Text shape, String value) {
        var broken = new ArrayList<String>(2);
        var pattern = shape.pattern();
        if (pattern != null
                && (value.length() > LONGEST_MATCHED || !pattern.matcher(value).matches())) {
            broken.add("Member must satisfy regular expression pattern: " + pattern);
        }
        if (!shape.choices().isEmpty() && !shape.choices().contains(value)) {
            broken.add("Member must satisfy enum value set: " + shape.choices());
        }
        if (value.length() > shape.maximum()) {
            broken.add("Member must have length less than or equal to " + shape.maximum());
        }
        if (value.length() < shape.minimum()) {
            broken.add("Member must have length greater than or equal to " + shape.minimum());
        }
        return broken;
    }

    private static List<String> broken(Whole shape, long value) {
        if (value > shape.maximum()) {
            return List.of("Member must have value less than or equal to " + shape.maximum());
        }
        return value < shape.minimum()
                ? List.of("Member must have value greater than or equal to " + shape.minimum())
                : List.of();
    }

    private static List<String> broken(Real shape, double value) {
        if (value > shape.maximum()) {
            return List.of("Member must have value less than or equal to " + shape.maximum());
        }
        return value < shape.minimum()
                ? List.of("Member must have value greater than or equal to " + shape.minimum())
                : List.of();
    }

    private static String all(Real shape) {
        return List.of(
                        "Member must have value less than or equal to " + shape.maximum(),
                        "Member must have value greater than or equal to " + shape.minimum(),
                        "Member must not be null")
                .toString();
    }

    /** Every constraint of a list's or a map's members: AWS names them all where one is broken. */
    private static String all(Text shape) {
        var phrases = new ArrayList<String>();
        if (shape.maximum() < Integer.MAX_VALUE) {
            phrases.add("Member must have length less than or equal to " + shape.maximum());
            phrases.add("Member must have length greater than or equal to " + shape.minimum());
        }
        if (shape.pattern() != null) {
            phrases.add("Member must satisfy regular expression pattern: " + shape.pattern());
        }
        if (!shape.choices().isEmpty()) {
            phrases.add("Member must satisfy enum value set: " + shape.choices());
        }
        phrases.add("Member must not be null");
        return phrases.toString();
    }

    private static String shown(Object value) {
        var text = value.toString();
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }

    /** As AWS does it: the first letter alone changes, so that {@code KMSKeyArn} is {@code kMSKeyArn}. */
    private static String lowerCamelCase(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }
}
