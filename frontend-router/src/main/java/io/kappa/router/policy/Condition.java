package io.kappa.router.policy;

import java.util.List;
import java.util.Map;

/**
 * What must hold of a request for a statement to apply.
 *
 * @param ifExists whether it holds where the request brings nothing under the key
 * @param values any of which will do
 */
public record Condition(Operator operator, boolean ifExists, String key, List<String> values) {
    public Condition {
        values = List.copyOf(values);
    }

    public static Condition of(Operator operator, String key, String... values) {
        return new Condition(operator, false, key, List.of(values));
    }

    /** @param context what the request brings, under keys whose case does not matter to the map */
    boolean holds(Map<String, String> context) {
        var found = context.get(key);
        if (operator == Operator.NULL) {
            return anyIs(Boolean.toString(found == null));
        }
        if (found == null) {
            return ifExists || operator.negated();
        }
        return anyIs(found) != operator.negated();
    }

    private boolean anyIs(String found) {
        return values.stream().anyMatch(value -> operator.compares(value, found));
    }
}
