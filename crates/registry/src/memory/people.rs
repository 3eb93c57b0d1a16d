use async_trait::async_trait;

use super::MemoryUnit;
use crate::{BlindIndex, Conflict, People, Person, PersonId, Sealed, StoreError, Version};

#[async_trait]
impl People for MemoryUnit {
    async fn insert_person(&mut self, person: &Person) -> Result<(), StoreError> {
        let row = Person { version: Version::FIRST, ..person.clone() };
        let number = person.number_index;
        self.write()?.people.insert(person.id, row, Conflict::NumberTaken, |other| other.number_index == number)
    }

    async fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        Ok(self.tables.people.get(&id))
    }

    async fn person_by_number(&mut self, number: &BlindIndex) -> Result<Option<Person>, StoreError> {
        Ok(self.tables.people.find(|person| person.number_index == *number))
    }

    async fn people_by_name(&mut self, name: &BlindIndex, limit: u32) -> Result<Vec<Person>, StoreError> {
        Ok(self.tables.people.page(None, limit, |person| person.name_indexes.contains(name)))
    }

    async fn people_page(&mut self, after: Option<PersonId>, limit: u32) -> Result<Vec<Person>, StoreError> {
        Ok(self.tables.people.page(after, limit, |_| true))
    }

    async fn count_people(&mut self) -> Result<u64, StoreError> {
        Ok(self.tables.people.count(|_| true))
    }

    async fn update_person(&mut self, person: &Person) -> Result<Version, StoreError> {
        let people = &mut self.write()?.people;
        if people.any(|other| other.number_index == person.number_index && other.id != person.id) {
            return Err(StoreError::Conflict(Conflict::NumberTaken));
        }
        people.write_over(&person.id, person.version, |row| {
            *row = Person { created_at: row.created_at, ..person.clone() };
        })
    }

    async fn put_portrait(&mut self, person: PersonId, portrait: &Sealed) -> Result<(), StoreError> {
        let tables = self.write()?;
        if !tables.people.contains(&person) {
            return Err(StoreError::VersionMismatch);
        }
        tables.portraits.put(person, portrait.clone());
        Ok(())
    }

    async fn portrait(&mut self, person: PersonId) -> Result<Option<Sealed>, StoreError> {
        Ok(self.tables.portraits.get(&person))
    }

    async fn erase_person(&mut self, id: PersonId) -> Result<bool, StoreError> {
        let tables = self.write()?;
        tables.portraits.remove(&id);
        tables.id_passwords.remove(&id);
        tables.logins.sweep(|_, login| login.person == id);
        tables.devices.sweep(|_, device| device.person == id);
        tables.vault_keys.sweep(|_, key| key.person == id);
        tables.recovery_codes.sweep(|_, code| code.person == id);
        Ok(tables.people.remove(&id))
    }
}
