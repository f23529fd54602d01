package io.kappa.router.api.operation;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operation that a request line means. Paths are matched part by part as they came, before percent-decoding, so that an ARN in
 * the path stays one part. A trailing slash is ignored: some SDKs write one.
 */
public final class OperationTable {
    private static final OperationTable ALL = new OperationTable(Operation.values());

    private final Node root = new Node();

    /** An operation, and the decoded parameters of its path by name. */
    public record Match(Operation operation, Map<String, String> parameters) {}

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private @Nullable Node parameter;
        private final List<Operation> operations = new ArrayList<>();
    }

    private OperationTable(Operation[] operations) {
        for (var operation : operations) {
            var node = root;
            for (var segment : operation.segments()) {
                if (segment.startsWith("{")) {
                    node.parameter = node.parameter == null ? new Node() : node.parameter;
                    node = node.parameter;
                } else {
                    node = node.literals.computeIfAbsent(segment, _ -> new Node());
                }
            }
            node.operations.add(operation);
        }
    }

    /** @param query the raw query, null where there is none */
    public static Optional<Match> match(String method, String path, @Nullable String query) {
        return Optional.ofNullable(ALL.find(method, path, query));
    }

    private @Nullable Match find(String method, String path, @Nullable String query) {
        var values = new ArrayList<String>(2);
        var node = root;
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        for (int start = 1; start <= end; ) {
            int slash = path.indexOf('/', start);
            int stop = slash < 0 || slash > end ? end : slash;
            var segment = path.substring(start, stop);
            var next = node.literals.get(segment);
            if (next == null && !segment.isEmpty()) {
                next = node.parameter;
                values.add(decoded(segment));
            }
            if (next == null) {
                return null;
            }
            node = next;
            start = stop + 1;
        }
        return chosen(node.operations, method, query == null ? "" : query, values);
    }

    /** The one with that method; of two, the one that asks for something in the query which is there. */
    private static @Nullable Match chosen(
            List<Operation> operations, String method, String query, List<String> values) {
        Operation found = null;
        for (var operation : operations) {
            if (operation.method().equals(method)
                    && contains(query, operation.query())
                    && (found == null || found.query().isEmpty())) {
                found = operation;
            }
        }
        return found == null ? null : new Match(found, named(found, values));
    }

    private static boolean contains(String query, String wanted) {
        return wanted.isEmpty() || ("&" + query + "&").contains("&" + wanted + "&");
    }

    private static Map<String, String> named(Operation operation, List<String> values) {
        var named = new HashMap<String, String>();
        int index = 0;
        for (var segment : operation.segments()) {
            if (segment.startsWith("{")) {
                named.put(segment.substring(1, segment.length() - 1), values.get(index++));
            }
        }
        return named;
    }

    /** Percent-decoded; a plus sign stays one, as it does in paths. What cannot be decoded stays as it is and fails as a name. */
    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
