package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads lists that the API answers in pages: one after the other, and puts them together as if it had answered with one. */
final class Pages {
    /** As many as the API has on a page at most. */
    private static final int ON_A_PAGE = 200;

    private static final String CURSOR = "cursor";

    private final ManagementClient api;
    private final int most;

    /** @param most entries to read */
    Pages(ManagementClient api, int most) {
        this.api = api;
        this.most = most;
    }

    /**
     * An object with the list, and with the cursor behind it where there is more.
     *
     * @param member name of the list
     */
    ObjectNode read(String path, Map<String, String> query, String member) {
        var whole = ManagementClient.JSON.createObjectNode();
        var entries = whole.putArray(member);
        var asked = new LinkedHashMap<>(query);
        boolean more = true;
        while (more) {
            asked.put("limit", Integer.toString(Math.min(ON_A_PAGE, most - entries.size())));
            var page = api.get(path, asked);
            page.path(member).forEach(entries::add);
            var cursor = page.path(CURSOR);
            more = cursor.isTextual() && entries.size() < most; // A page may be empty, and yet not the last.
            if (more) {
                asked.put(CURSOR, cursor.textValue());
            } else if (cursor.isTextual()) {
                whole.set(CURSOR, cursor);
            }
        }
        return whole;
    }
}
