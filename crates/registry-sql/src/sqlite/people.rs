use async_trait::async_trait;
use mibun_registry::{BlindIndex, Conflict, People, Person, PersonId, Sealed, StoreError, Version};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, page_size, seconds};
use crate::rows;

#[async_trait]
impl People for SqliteUnit {
    async fn insert_person(&mut self, person: &Person) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO people (id, number_index, name_indexes, wrapped_key, record, status, valid_until, created_at,
             version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(person.id.raw()).bind(person.number_index.raw());
        let insert = insert.bind(rows::joined_indexes(&person.name_indexes)).bind(person.wrapped_key.raw());
        let insert = insert.bind(person.record.raw()).bind(person.status.as_str()).bind(seconds(person.valid_until));
        let insert = insert.bind(person.created_at.0).bind(Version::FIRST.number());
        self.add(insert, Conflict::NumberTaken).await?;
        self.put_names(person).await
    }

    async fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        self.row(query("SELECT * FROM people WHERE id = ?1").bind(id.raw()), rows::person).await
    }

    async fn person_by_number(&mut self, number: &BlindIndex) -> Result<Option<Person>, StoreError> {
        self.row(query("SELECT * FROM people WHERE number_index = ?1").bind(number.raw()), rows::person).await
    }

    async fn people_by_name(&mut self, name: &BlindIndex, limit: u32) -> Result<Vec<Person>, StoreError> {
        let found = query(
            "SELECT people.* FROM people_names JOIN people ON people.id = people_names.person
             WHERE people_names.name_index = ?1 ORDER BY people_names.person LIMIT ?2",
        );
        self.rows(found.bind(name.raw()).bind(page_size(limit)), rows::person).await
    }

    async fn people_page(&mut self, after: Option<PersonId>, limit: u32) -> Result<Vec<Person>, StoreError> {
        let page = query("SELECT * FROM people WHERE id > ?1 ORDER BY id LIMIT ?2");
        let after = after.map_or_else(Vec::new, |id| id.raw().to_vec());
        self.rows(page.bind(after).bind(page_size(limit)), rows::person).await
    }

    async fn count_people(&mut self) -> Result<u64, StoreError> {
        self.count(query("SELECT count(*) FROM people")).await
    }

    async fn update_person(&mut self, person: &Person) -> Result<Version, StoreError> {
        let taken = query("SELECT 1 FROM people WHERE number_index = ?1 AND id <> ?2");
        if self.exists(taken.bind(person.number_index.raw()).bind(person.id.raw())).await? {
            return Err(StoreError::Conflict(Conflict::NumberTaken));
        }
        let update = query(
            "UPDATE people SET number_index = ?3, name_indexes = ?4, wrapped_key = ?5, record = ?6, status = ?7,
             valid_until = ?8, version = version + 1 WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(person.id.raw()).bind(person.version.number()).bind(person.number_index.raw());
        let update = update.bind(rows::joined_indexes(&person.name_indexes)).bind(person.wrapped_key.raw());
        let update = update.bind(person.record.raw()).bind(person.status.as_str()).bind(seconds(person.valid_until));
        let version = self.write_over(update, person.version).await?;
        self.change(query("DELETE FROM people_names WHERE person = ?1").bind(person.id.raw())).await?;
        self.put_names(person).await?;
        Ok(version)
    }

    async fn put_portrait(&mut self, person: PersonId, portrait: &Sealed) -> Result<(), StoreError> {
        let put = query(
            "INSERT INTO portraits (person, sealed) SELECT id, ?2 FROM people WHERE id = ?1
             ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed",
        );
        self.write_below(put.bind(person.raw()).bind(portrait.raw())).await
    }

    async fn portrait(&mut self, person: PersonId) -> Result<Option<Sealed>, StoreError> {
        self.row(query("SELECT sealed FROM portraits WHERE person = ?1").bind(person.raw()), rows::image).await
    }

    async fn erase_person(&mut self, id: PersonId) -> Result<bool, StoreError> {
        Ok(self.erase(query("DELETE FROM people WHERE id = ?1").bind(id.raw())).await? > 0)
    }
}

impl SqliteUnit {
    async fn put_names(&mut self, person: &Person) -> Result<(), StoreError> {
        for name in &person.name_indexes {
            let put = query("INSERT INTO people_names (name_index, person) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
            self.change(put.bind(name.raw()).bind(person.id.raw())).await?;
        }
        Ok(())
    }
}
