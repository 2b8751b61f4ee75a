//! Arrays and objects of the writer; an object sorts its members when it is closed.

use serde::Serialize;
use serde::ser;

use super::CanonicalError;
use super::text::{append_string, key_order, unescaped};
use super::write::{Member, Writer};

/// An open array.
pub(super) struct Array<'w, 'a> {
    writer: &'w mut Writer<'a>,
    first: bool,
    /// Whether a `{"variant":` around it is to be closed too.
    variant: bool,
}

impl<'w, 'a> Array<'w, 'a> {
    pub(super) fn open(writer: &'w mut Writer<'a>, variant: bool) -> Result<Self, CanonicalError> {
        writer.open(b'[')?;
        Ok(Self {
            writer,
            first: true,
            variant,
        })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        if !self.first {
            self.writer.out.push(b',');
        }
        self.first = false;
        value.serialize(&mut *self.writer)
    }

    fn close(self) {
        self.writer.close(b']');
        if self.variant {
            self.writer.close(b'}');
        }
    }
}

/// An open object. Members are written as they come, and moved when it closes if they came out of order.
pub(super) struct Object<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// How many of [`Writer::members`] belong to objects around it.
    outer: usize,
    /// Whether a `{"variant":` around it is to be closed too.
    variant: bool,
}

impl<'w, 'a> Object<'w, 'a> {
    pub(super) fn open(writer: &'w mut Writer<'a>, variant: bool) -> Result<Self, CanonicalError> {
        writer.open(b'{')?;
        let outer = writer.members.len();
        Ok(Self {
            writer,
            outer,
            variant,
        })
    }

    /// Starts a member; `write_key` appends the key with its quotes.
    fn key(
        &mut self,
        write_key: impl FnOnce(&mut Writer<'a>) -> Result<(), CanonicalError>,
    ) -> Result<(), CanonicalError> {
        if self.writer.members.len() > self.outer {
            self.writer.out.push(b',');
        }
        let start = self.writer.out.len();
        write_key(self.writer)?;
        if self.writer.out.get(start) != Some(&b'"') {
            return Err(CanonicalError::KeyNotString);
        }
        let key_end = self.writer.out.len();
        self.writer.out.push(b':');
        self.writer.members.push(Member {
            start,
            key_end,
            end: 0,
        });
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        value.serialize(&mut *self.writer)?;
        let end = self.writer.out.len();
        if let Some(member) = self.writer.members.last_mut() {
            member.end = end;
        }
        Ok(())
    }

    fn close(self) -> Result<(), CanonicalError> {
        let Writer {
            out,
            members,
            scratch,
            ..
        } = &mut *self.writer;
        let own = &mut members[self.outer..];
        let raw_key = |m: &Member| m.start + 1..m.key_end - 1;
        if !own.is_sorted_by(|a, b| key_order(&out[raw_key(a)], &out[raw_key(b)]).is_lt()) {
            let start = own.first().map_or(out.len(), |m| m.start);
            own.sort_unstable_by(|a, b| key_order(&out[raw_key(a)], &out[raw_key(b)]));
            if let Some(twice) = own
                .windows(2)
                .find(|w| out[raw_key(&w[0])] == out[raw_key(&w[1])])
            {
                let key: Vec<u8> = unescaped(&out[raw_key(&twice[0])]).collect();
                return Err(CanonicalError::DuplicateKey(
                    String::from_utf8_lossy(&key).into_owned(),
                ));
            }
            scratch.clear();
            for member in own.iter() {
                scratch.extend_from_slice(&out[member.start..member.end]);
                scratch.push(b',');
            }
            scratch.pop();
            out.truncate(start);
            out.extend_from_slice(scratch);
        }
        self.writer.members.truncate(self.outer);
        self.writer.close(b'}');
        if self.variant {
            self.writer.close(b'}');
        }
        Ok(())
    }
}

/// Implements one of serde's array-like traits for [`Array`].
macro_rules! array_like {
    ($($trait:ident :: $method:ident),* $(,)?) => {
        $(impl ser::$trait for Array<'_, '_> {
            type Ok = ();
            type Error = CanonicalError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
                self.element(value)
            }

            fn end(self) -> Result<(), CanonicalError> {
                self.close();
                Ok(())
            }
        })*
    };
}

array_like! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

/// Implements one of serde's struct-like traits for [`Object`].
macro_rules! object_like {
    ($($trait:ident),* $(,)?) => {
        $(impl ser::$trait for Object<'_, '_> {
            type Ok = ();
            type Error = CanonicalError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), CanonicalError> {
                self.key(|writer| {
                    append_string(key, writer.out);
                    Ok(())
                })?;
                self.value(value)
            }

            fn end(self) -> Result<(), CanonicalError> {
                self.close()
            }
        })*
    };
}

object_like!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Object<'_, '_> {
    type Ok = ();
    type Error = CanonicalError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CanonicalError> {
        self.key(|writer| key.serialize(writer))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        self.value(value)
    }

    fn end(self) -> Result<(), CanonicalError> {
        self.close()
    }
}
