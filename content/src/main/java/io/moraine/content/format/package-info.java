/**
 * What every part of the data format shares: its limits, the kinds of content, and the reading and
 * writing of stored bytes. The law is {@code docs/content-format.md}.
 */
package io.moraine.content.format;
