/**
 * The way of requests and grants between routers and the owner of an account's limits, through Kafka. The door is {@code KafkaLots}.
 */
@NullMarked
package io.kappa.router.admission.exchange;

import org.jspecify.annotations.NullMarked;
