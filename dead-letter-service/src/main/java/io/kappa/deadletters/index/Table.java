package io.kappa.deadletters.index;

import org.jspecify.annotations.Nullable;

/** Where the index lies: texts and bytes, in the order of the texts. */
interface Table {

    byte @Nullable [] get(String key);

    void put(String key, byte[] value);

    void delete(String key);

    /** Visits the entries between two keys, both included, until the visitor has had enough. The visitor changes nothing. */
    void scan(String least, String most, Order order, Visitor visitor);

    /** Which end a scan begins at. */
    enum Order {
        FORWARDS,
        BACKWARDS
    }

    /** Is shown the entries one by one. */
    @FunctionalInterface
    interface Visitor {
        /** Whether to go on. */
        boolean visit(String key, byte[] value);
    }
}
