/**
 * What every operation of every service has in common in its OpenAPI document: who may call, how it
 * refuses, and the domain's words as the strings they are; and the AsyncAPI document beside it.
 */
package io.moraine.kit.openapi;
